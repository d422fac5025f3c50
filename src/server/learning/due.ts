import type { Job } from '../../store/jobs.ts'
import type { KeptTraining } from '../jobs/taken-training.ts'

/** When a training is due: the setting `learning` of the service. */
export interface LearningPace {
  /** After so many new runs. */
  readonly everyRuns: number
  /** So long after the last one began, at the earliest. */
  readonly atMostEveryHours: number
}

const HOUR_MS = 3_600_000
/** After a first failure; each one that follows waits four times as long. */
const FIRST_WAIT_MS = HOUR_MS / 4
const LONGEST_WAIT_MS = 24 * HOUR_MS

/** Trainings from the store, of which the newest comes first. */
export function trainingsFromStore(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter(({ asked }) => (asked as KeptTraining).from === 'store')
}

/** The row of the last run that was learnt from; 0 = nothing was. @param past the newest first */
export function learntUpTo(past: readonly Job[]): number {
  const done = past.find(({ state }) => state === 'done')
  return (done?.asked as KeptTraining | undefined)?.upTo ?? 0
}

/**
 * The earliest moment of the next training, in milliseconds since the epoch; how many runs it takes is asked besides. One
 * that failed is tried again after a quarter of an hour, then an hour, four hours, and so on. One that ended with the
 * service is tried again at once, unless that happens again: then it may be what ends the service.
 * @param past the newest first
 */
export function notBeforeMs(past: readonly Job[], { atMostEveryHours }: LearningPace): number {
  const index = past.findIndex(({ state }) => state === 'done')
  const done = past[index]
  const paced = done === undefined ? 0 : Date.parse(done.createdAt) + atMostEveryHours * HOUR_MS
  const setbacks = index < 0 ? past : past.slice(0, index)
  const last = setbacks[0]
  if (last === undefined) return paced
  const counted = setbacks.length - (last.state === 'interrupted' ? 1 : 0)
  const wait = counted === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 4 ** (counted - 1))
  return Math.max(paced, Date.parse(last.endedAt ?? last.createdAt) + wait)
}
