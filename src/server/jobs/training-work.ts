import { type BundlePlace, ownFolder } from '../../forecast/bundle-place.ts'
import type { TrainingAsked } from '../routes/trainings.ts'
import type { JobAtWork, JobResult } from './job-queue.ts'
import { type ProgramPlace, startProgram } from './program.ts'
import { endOn } from './run-work.ts'

/** How bundles are made. */
export interface TrainingWork {
  readonly place: ProgramPlace
  /** Where bundles are. */
  readonly models: BundlePlace
  /** Puts in force what a restart would take; gives its id. */
  readonly reload: () => Promise<string>
  readonly graceMs: number
}

/** Makes a bundle in a process of its own. */
export const trainingWork =
  ({ place, models, reload, graceMs }: TrainingWork) =>
  async ({ job, signal }: JobAtWork): Promise<JobResult> => {
    const { id, seed } = job.asked as TrainingAsked
    const program = startProgram(place, [
      'train',
      `--id=${id}`,
      `--seed=${seed ?? 1}`,
      `--models=${ownFolder(models)}`,
    ])
    const stop = endOn(signal, program, graceMs)
    try {
      program.stdout.resume()
      const exit = await program.exit
      if (signal.aborted) return { state: 'interrupted' }
      if (exit !== 0) throw new Error(`the training ended with ${exit ?? 'a signal'}: ${program.complaint()}`)
      return { state: 'done', answer: { bundle: id, current: await reload() } }
    } finally {
      stop()
    }
  }
