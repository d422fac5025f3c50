import { join } from 'node:path'
import type { BundlePlace } from '../forecast/bundle-place.ts'
import type { jobReader } from '../store/jobs.ts'
import type { Forecasting } from './forecasting/open-forecasting.ts'
import { type Jobs, openJobs } from './jobs/open-jobs.ts'
import type { ProgramPlace } from './jobs/program.ts'
import { type Learning, openLearning } from './learning/open-learning.ts'
import type { TrainingTold } from './learning/training-told.ts'
import type { Kept } from './open-kept.ts'
import type { Closing, ServiceOptions } from './service-options.ts'

/** What goes on by itself: runs, trainings, and what starts those. */
export interface Going {
  readonly jobs: Jobs
  readonly learning: Learning
}

interface GoingOptions {
  readonly kept: Kept
  /** The file of the store. */
  readonly database: string
  /** What names the store and the prices. */
  readonly storeOptions: readonly string[]
  readonly program: ProgramPlace
  readonly models: BundlePlace
  readonly forecasting: Forecasting
  readonly read: ReturnType<typeof jobReader>
  readonly onTraining: (told: TrainingTold) => void
  readonly onTrouble: (message: string) => void
}

/** @throws KnownError task-malformed, agent-malformed, file-not-found, service-malformed */
export async function openGoing(
  { app, settings, service }: ServiceOptions,
  { kept, forecasting, read, ...own }: GoingOptions,
  closing: Closing,
): Promise<Going> {
  const { store, writer, folder } = kept
  const { held, reload, follow } = forecasting
  const { database, storeOptions, models, onTraining, onTrouble } = own
  const nowMs = app.now
  const jobs = await openJobs({
    ...{ service, writer, jobs: read, storeOptions, database, models, reload, nowMs, onTrouble, onTraining },
    place: own.program,
    folder: join(folder, 'jobs'),
    current: () => held.now().id,
  })
  closing(jobs.close)
  // Who names the bundle that forecasts wants that one.
  const isAutomatic = service.learning.automatic && settings.bundle.value === null
  const { trainings } = jobs
  const parts = { store, jobs: read, writer, trainings, nowMs, onTrouble, follow }
  const learning = openLearning({ ...parts, pace: service.learning, isAutomatic }, closing)
  return { jobs, learning }
}
