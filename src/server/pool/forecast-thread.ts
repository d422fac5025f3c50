import { constants, setPriority } from 'node:os'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { openWorkbench, type Workbench } from '../../forecast/read-workbench.ts'
import type { ForecastStart, FromForecaster, ToForecaster } from './forecast-messages.ts'
import { toldFailure } from './told-failure.ts'

/** So many repositories a thread keeps in memory as they were read. */
const MOST_SNAPSHOTS = 4

if (!isMainThread && parentPort !== null) await serve(workerData as ForecastStart, parentPort)

type Port = NonNullable<typeof parentPort>

async function serve({ cwd, settings }: ForecastStart, port: Port): Promise<void> {
  giveWay()
  const tell = (message: FromForecaster): void => port.postMessage(message)
  const app = {
    cwd,
    now: Date.now,
    note: (text: string) => tell({ say: 'note', text }),
    signal: new AbortController().signal,
  }
  try {
    const workbench = await openWorkbench(app, settings, { mostSnapshots: MOST_SNAPSHOTS })
    listen(port, workbench, tell)
    tell({ say: 'ready' })
  } catch (error) {
    tell(toldFailure(error))
    port.close()
  }
}

/**
 * Whoever waits for a reply goes before whoever waits for a forecast. On Linux a priority is that of the thread that sets
 * it and of the processes that it starts; elsewhere it would be that of the whole service.
 */
function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch (error) {
    // Some sandboxes forbid it: others then wait longer, and every forecast is as it was.
    if (!isForbidden(error)) throw error
  }
}

const isForbidden = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR'

function listen(port: Port, workbench: Workbench, tell: (message: FromForecaster) => void): void {
  let running: AbortController | undefined
  port.on('message', (message: ToForecaster) => {
    switch (message.say) {
      case 'forecast': {
        running = new AbortController()
        const moment = { atMs: message.atMs, signal: running.signal }
        workbench.forecast(message.task, moment).then(
          (forecast) => tell({ say: 'forecast', forecast }),
          (error: unknown) => tell(toldFailure(error)),
        )
        return
      }
      case 'drop':
        running?.abort()
        return
      case 'close':
        workbench.close()
        port.close()
        return
    }
    message satisfies never
  })
}
