import type { BundlePlace } from '../forecast/bundle-place.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import type { CalibrationTable } from '../forecast/recalibrated.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import type { answerReader } from '../store/answers.ts'
import type { idempotentReader } from '../store/idempotent.ts'
import type { jobReader } from '../store/jobs.ts'
import type { NewRuns } from '../store/new-runs.ts'
import type { Store } from '../store/open-store.ts'
import type { Alarms } from './alarms/open-alarms.ts'
import type { Remembered } from './forecasting/remembered.ts'
import type { JobListeners } from './jobs/job-events.ts'
import type { JobQueue } from './jobs/job-queue.ts'
import type { ProgramPlace } from './jobs/program.ts'
import type { Turns } from './jobs/turns.ts'
import type { ForecastPool } from './pool/open-forecast-pool.ts'
import type { ServedRepositories } from './repositories/served-repository.ts'
import type { RunAsked } from './schemas/run-asked.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { Tracing } from './telemetry/tracing.ts'
import type { Writer } from './writer/writer.ts'

/** What forecasts are made with; replaced as a whole. */
export interface InForce {
  readonly forecaster: Forecaster
  readonly book: PriceBook
  /** What runs have told of its forecasts. */
  readonly calibrations: CalibrationTable
  /** The name of the bundle's folder. */
  readonly id: string
  /** Milliseconds since the epoch; null = it was not written down, or is another than the setting `bundle` names. */
  readonly sinceMs: number | null
}

/** Where runs are started. */
export interface RunDesk {
  readonly queue: JobQueue
  /** @throws KnownError where the task or the agent is not registered */
  readonly check: (asked: RunAsked) => void
  readonly tasks: readonly string[]
  readonly agents: readonly string[]
  /** Replies that were recorded answer in place of the providers. */
  readonly isReplayed: boolean
}

/** What every route may use. */
export interface ServiceContext {
  /** For reading only: what is written goes through the writer. */
  readonly store: Store
  readonly answers: ReturnType<typeof answerReader>
  readonly jobs: ReturnType<typeof jobReader>
  readonly idempotents: ReturnType<typeof idempotentReader>
  readonly writer: Writer
  readonly inForce: () => InForce
  /** Forecasts that were asked for lately. */
  readonly remembered: Remembered
  readonly repositories: ServedRepositories
  /** The names of those that are registered. */
  readonly registered: readonly string[]
  readonly pool: ForecastPool
  /** The agent where the caller names none; null = the one the bundle knows best. */
  readonly agent: string | null
  /** Of title and body together; the setting `limits.issueBytes`. */
  readonly mostIssueBytes: number
  /** Where bundles are. */
  readonly models: BundlePlace
  readonly version: string
  readonly nowMs: () => number
  /** How this program is started once more. */
  readonly program: ProgramPlace
  /** What names the store and the prices to it. */
  readonly storeOptions: readonly string[]
  readonly imports: Turns
  readonly reports: Turns
  /** Null = nothing may be run here. */
  readonly runs: RunDesk | null
  readonly trainings: JobQueue
  readonly newRuns: NewRuns
  /** Puts in force what a restart would take; gives its id. */
  readonly reload: () => Promise<string>
  readonly listeners: JobListeners
  /** Null = they are off. */
  readonly metrics: Metrics | null
  readonly tracing: Tracing
  readonly alarms: Alarms
  /** Looks at the runs of the store now; what they tell of forecasts is then in force. */
  readonly followRuns: () => Promise<void>
  /** Being ended: nothing new is taken. */
  readonly isClosing: () => boolean
}
