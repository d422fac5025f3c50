import type { jobReader } from '../../store/jobs.ts'
import type { NewRuns } from '../../store/new-runs.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import { takenTraining } from '../jobs/taken-training.ts'
import type { Writer } from '../writer/writer.ts'
import { type LearningPace, learntUpTo, notBeforeMs, trainingsFromStore } from './due.ts'

/** How learning stands, for the metrics. Null = not known, or never. */
export interface LearningFacts {
  /** When the last training from the store ended, in milliseconds since the epoch. */
  readonly lastTrainingMs: number | null
  /** Runs that no training has seen; at most 10,000. */
  readonly newRuns: number | null
}

/** Starts trainings by itself. */
export interface Schedule {
  /** Looks whether one is due, and has it begin; gives its id, or null. */
  readonly look: () => Promise<string | null>
  readonly facts: () => LearningFacts
}

export interface ScheduleOptions {
  readonly pace: LearningPace
  /** False: it only counts. */
  readonly isAutomatic: boolean
  readonly jobs: Pick<ReturnType<typeof jobReader>, 'page'>
  readonly newRuns: NewRuns
  readonly writer: Pick<Writer, 'write'>
  readonly trainings: Pick<JobQueue, 'take' | 'waiting' | 'running'>
  readonly nowMs: () => number
}

/** Who asks for trainings that nobody asked for. */
const ACTOR = 'schedule'
/** So many trainings are looked back at: enough of them came to nothing, and the longest wait holds. */
const MOST_PAST = 100

export function schedule(options: ScheduleOptions): Schedule {
  const { pace, isAutomatic, jobs, newRuns, writer, trainings, nowMs } = options
  let facts: LearningFacts = { lastTrainingMs: null, newRuns: null }
  let isLooking = false
  const look = async (): Promise<string | null> => {
    const past = trainingsFromStore(jobs.page('training', null, MOST_PAST).jobs)
    const ended = past.find(({ endedAt }) => endedAt !== null)?.endedAt ?? null
    const fresh = newRuns.since(learntUpTo(past))
    facts = { lastTrainingMs: ended === null ? null : Date.parse(ended), newRuns: fresh }
    const isBusy = trainings.waiting() + trainings.running() > 0
    if (!isAutomatic || isBusy || fresh < pace.everyRuns || nowMs() < notBeforeMs(past, pace)) return null
    const asked = { from: 'store' as const, upTo: newRuns.last() }
    const job = takenTraining(asked, ACTOR, nowMs())
    await writer.write({ job })
    trainings.take(job)
    return job.id
  }
  return {
    facts: () => facts,
    async look() {
      // One that is slow must not begin a second.
      if (isLooking) return null
      isLooking = true
      try {
        return await look()
      } finally {
        isLooking = false
      }
    },
  }
}
