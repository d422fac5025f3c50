import type { Command } from 'commander'
import { EXIT, KnownError } from '../errors.ts'
import type { LiveRun } from '../gateway/runs/live.ts'
import { liveText } from '../report/live-text.ts'
import { parseSse } from '../usage/sse.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { readGatewayFile } from './gateway-file.ts'
import { liveScreen } from './live-screen.ts'
import { withFormats, withSettings } from './options.ts'

/** `foretoken gateway watch`: the runs of a gateway that another process runs, until it ends or is interrupted. */
export function configureWatch(command: Command, act: Act): void {
  withFormats(command, 'text', 'jsonl')
  withSettings(command, 'db')
  act(command, watch)
}

async function watch(call: Invocation): Promise<number> {
  const { app, format } = call
  const { url, token } = await readGatewayFile(call)
  const screen = format === 'text' ? liveScreen(app.print, app.stdoutIsTty) : null
  try {
    for await (const data of events(url, token, app.signal)) {
      if (screen === null) app.print(`${data}\n`)
      else screen.show(liveText((JSON.parse(data) as { runs: LiveRun[] }).runs, app.columns))
    }
  } finally {
    screen?.end()
  }
  return app.signal.aborted ? EXIT.interrupted : EXIT.ok
}

async function* events(url: string, token: string, signal: AbortSignal): AsyncGenerator<string> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/foretoken/events`, { headers, signal }).catch((cause) => {
    if (signal.aborted) return null
    throw new KnownError('no-gateway', `nothing answers at ${url}`, { cause })
  })
  if (response?.body == null) return
  if (!response.ok) throw new KnownError('no-gateway', `what answers at ${url} is another`)
  const decoder = parseSse()
  try {
    for await (const bytes of response.body) {
      for (const { data } of decoder.push(bytes as Uint8Array)) yield data
    }
  } catch (error) {
    // The gateway ended, or the user did.
    if (!signal.aborted && !(error instanceof TypeError)) throw error
  }
}
