import type { Job } from '../../store/jobs.ts'
import type { JobAtWork, JobResult } from '../jobs/job-queue.ts'
import type { KeptTraining } from '../jobs/taken-training.ts'
import type { TrainingAnswer, VERDICTS } from '../schemas/training.ts'

/** What came of a training, for the log, the metrics and whoever is to be alarmed. */
export interface TrainingTold {
  readonly job: string
  /** `made`: from the tables, and not compared. */
  readonly verdict: (typeof VERDICTS)[number] | 'made' | 'failed' | 'interrupted'
  /** The one that was made; null = none. */
  readonly bundle: string | null
  /** The one that was in force before; null = not known. */
  readonly champion: string | null
  readonly promoted: boolean
  readonly forced: boolean
  readonly reasons: readonly string[]
  readonly alarms: readonly { readonly kind: string; readonly message: string }[]
}

/** Tells what came of each job, also where it failed. */
export const telling =
  (work: (at: JobAtWork) => Promise<JobResult>, tell: (told: TrainingTold) => void) =>
  async (at: JobAtWork): Promise<JobResult> => {
    try {
      const result = await work(at)
      tell(toldOf(at.job, result))
      return result
    } catch (error) {
      tell(failedWith(at.job, error instanceof Error ? error.message : String(error)))
      throw error
    }
  }

function toldOf(job: Job, { state, answer, failure }: JobResult): TrainingTold {
  if (state !== 'done') {
    const told = failedWith(job, failure?.message ?? state)
    return state === 'failed' ? told : { ...told, verdict: 'interrupted' }
  }
  const { bundle, training } = answer as TrainingAnswer
  if (training === null) return { ...nothing(job), verdict: 'made', bundle, promoted: false }
  const { verdict, champion, promoted, forced, reasons, alarms } = training
  return { job: job.id, verdict, bundle, champion, promoted, forced, reasons, alarms }
}

const failedWith = (job: Job, reason: string): TrainingTold => ({ ...nothing(job), reasons: [reason] })

const nothing = ({ id, asked }: Job): TrainingTold => ({
  ...{ job: id, verdict: 'failed', bundle: null, champion: null, promoted: false },
  forced: (asked as KeptTraining).force === true,
  ...{ reasons: [], alarms: [] },
})
