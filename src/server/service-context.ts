import type { Forecaster } from '../forecast/forecaster.ts'
import type { AskedTask, ForecastTask } from '../forecast/read-workbench.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import type { answerReader } from '../store/answers.ts'
import type { idempotentReader } from '../store/idempotent.ts'
import type { jobReader } from '../store/jobs.ts'
import type { Store } from '../store/open-store.ts'
import type { Remembered } from './remembered.ts'
import type { Writer } from './writer/writer.ts'

/** What forecasts are made with; replaced as a whole. */
export interface InForce {
  readonly forecaster: Forecaster
  readonly book: PriceBook
}

/** A repository that may be read, until it is released. */
export interface HeldRepository {
  /** Of its git directory or work tree. */
  readonly path: string
  readonly name: string | null
  readonly commit: string | null
  readonly release: () => void
}

/** The repositories that the service reads. */
export interface Repositories {
  /** Null: it is only named, and not read. @throws KnownError `repository-refused`, `repository-failed` */
  readonly resolve: (
    asked: { readonly name: string | null; readonly url: string | null; readonly commit: string | null },
    signal: AbortSignal,
  ) => Promise<HeldRepository | null>
  readonly close: () => Promise<void>
}

/** Threads that make the forecasts which take long. */
export interface ForecastPool {
  readonly forecast: (task: AskedTask, signal: AbortSignal) => Promise<ForecastTask>
  readonly waiting: () => number
  readonly close: () => Promise<void>
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
  readonly repositories: Repositories
  readonly pool: ForecastPool
  /** The agent where the caller names none; null = the one the bundle knows best. */
  readonly agent: string | null
  /** The folder of bundles. */
  readonly models: string
  readonly version: string
  readonly nowMs: () => number
  /** Being ended: nothing new is taken. */
  readonly isClosing: () => boolean
}
