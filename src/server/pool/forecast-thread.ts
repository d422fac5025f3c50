import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { openWorkbench, type Workbench } from '../../forecast/read-workbench.ts'
import { giveWay } from '../give-way.ts'
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

function listen(port: Port, workbench: Workbench, tell: (message: FromForecaster) => void): void {
  let running: AbortController | undefined
  port.on('message', (message: ToForecaster) => {
    switch (message.say) {
      case 'forecast': {
        running = new AbortController()
        const { atMs, learnt } = message
        const { id, data } = workbench.forecaster.bundle
        // What was learnt of forecasts of another bundle says nothing on this one's.
        const calibrations = learnt.bundle.id === id && learnt.bundle.data === data ? learnt.calibrations : {}
        const moment = { atMs, signal: running.signal, calibrations }
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
