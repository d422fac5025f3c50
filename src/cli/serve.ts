import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT, KnownError } from '../errors.ts'
import { openService, type Service } from '../server/service.ts'
import {
  defaultServiceSettings,
  readServiceSettings,
  type ServiceSettings,
} from '../server/settings/service-settings.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { withSettings } from './options.ts'
import { parseFlags } from './parse-flags.ts'
import { version } from './version.ts'

const Options = z.object({
  service: z.string().min(1).optional(),
  host: z.string().min(1).optional(),
  port: z.coerce.number().int().min(0).max(65535).optional(),
  get: z.string().startsWith('/', 'expected a path, such as /v1/models').optional(),
})

/** `foretoken serve`: the forecast as an HTTP API, with a dashboard, until it is interrupted. */
export function configure(command: Command, act: Act): void {
  command
    .option('--service <file>', 'the settings of the service: JSON with comments')
    .option('--host <address>', 'at which address it listens; any but this machine’s own needs keys')
    .option('--port <port>', 'where it listens; 0 = any that is free (default: 4142)')
    .option('--get <path>', 'answer this one request, print what is answered, and end')
  withSettings(command, 'db', 'prices', 'cache', 'models', 'bundle', 'agent', 'calibration')
  act(command, serve)
}

async function serve(call: Invocation): Promise<number> {
  const { get, ...options } = parseFlags(Options, call.options)
  const { app, settings } = call
  const given =
    options.service === undefined
      ? defaultServiceSettings(app.cwd)
      : await readServiceSettings(options.service, app.cwd)
  const service = { ...given, host: options.host ?? given.host, port: options.port ?? given.port }
  checkKeys(service)
  const command = [process.execPath, fileURLToPath(new URL(mainFile(), import.meta.url))]
  const open = (own: ServiceSettings): Promise<Service> =>
    openService({ app, settings, service: own, version: version(), command, resumes: get === undefined })
  if (get !== undefined) return answerOnce(call, open, { service, path: get })
  const running = await open(service)
  app.note(
    showSafely(
      `Foretoken answers at ${running.url}${running.requiresKey ? ', with a key' : ''}. End it with Ctrl-C.\n`,
    ),
  )
  await new Promise<void>((resolve) => {
    if (app.signal.aborted) resolve()
    else app.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  app.note('Taking nothing new; what is being answered is finished.\n')
  await running.close()
  return EXIT.ok
}

/** In development this file is TypeScript. */
const mainFile = (): string => `./main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`

function checkKeys({ keysRequired, host }: ServiceSettings): void {
  if (keysRequired !== false || /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)) return
  throw new KnownError('bad-setting', `--host ${host}, and keys that are not required`, {
    fix: 'leave "keysRequired" out: whoever is elsewhere needs a key',
  })
}

interface Asked {
  readonly service: ServiceSettings
  readonly path: string
}

/** As from this machine, by a port that nobody else is told. */
async function answerOnce(
  { app }: Invocation,
  open: (service: ServiceSettings) => Promise<Service>,
  { service, path }: Asked,
): Promise<number> {
  const quiet = { ...service, host: '127.0.0.1', port: 0, keysRequired: null, trustProxy: false as const }
  const running = await open({ ...quiet, log: { ...service.log, level: 'silent' } })
  try {
    const response = await fetch(new URL(path, running.url), { signal: app.signal })
    const text = await response.text()
    app.print(text.endsWith('\n') ? text : `${text}\n`)
    if (response.ok) return EXIT.ok
    return response.status < 500 ? EXIT.badInput : EXIT.bug
  } finally {
    await running.close()
  }
}
