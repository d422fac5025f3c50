import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { KnownError } from '../../errors.ts'
import { fitForest } from '../../regress/boosting-fit.ts'
import type { BoostingStart, FromBoosting } from './boosting-messages.ts'
import { teamAt } from './meeting.ts'

if (!isMainThread && parentPort !== null) fit(workerData as BoostingStart, parentPort)

function fit({ meeting, place, ...shared }: BoostingStart, port: NonNullable<typeof parentPort>): void {
  const tell = (message: FromBoosting): void => port.postMessage(message)
  try {
    const state = fitForest(shared, teamAt(meeting, place))
    if (place === 0) tell({ say: 'fitted', state })
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    const { code, detail, fix } = error
    tell({ say: 'failed', code, detail, fix })
  }
}
