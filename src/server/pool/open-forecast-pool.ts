import { resolve } from 'node:path'
import { KnownError } from '../../errors.ts'
import type { AskedTask, ForecastTask, WorkbenchSettings } from '../../forecast/read-workbench.ts'
import { openOutlineCache } from '../../task/outline-cache.ts'
import type { Learnt } from './forecast-messages.ts'
import { ForecastThreads } from './forecast-threads.ts'
import type { ForecastWorker } from './forecast-worker.ts'

/** What a pool is opened with. */
export interface ForecastPoolOptions {
  readonly threads: number
  /** Tasks that wait for a thread; more are refused. */
  readonly mostWaiting: number
  readonly settings: WorkbenchSettings
  /** Paths in the settings are relative to it; absolute. */
  readonly cwd: string
  /** Milliseconds since the epoch: a task is priced at the moment it is asked about. */
  readonly now: () => number
  /** What runs have told of forecasts, when it is asked for; left out = nothing. */
  readonly learnt?: () => Learnt
  /** So long a forecast that nobody waits for may go on before its thread is ended; default 10 seconds. */
  readonly dropMs?: number
  /** Told what went wrong that no caller is told of. */
  readonly onTrouble: (message: string) => void
}

/** Makes forecasts beside the event loop. */
export interface ForecastPool {
  /**
   * @throws KnownError `service-busy` when too many wait; what `Workbench.forecast` throws; the signal's reason; Error
   * when the thread ends
   */
  forecast(task: AskedTask, signal: AbortSignal): Promise<ForecastTask>
  /** Tasks that wait for a thread. */
  waiting(): number
  /** Threads at work. */
  running(): number
  /**
   * Reads bundle and prices anew, all or nothing: what is being made is finished with the old.
   * @throws KnownError what `openWorkbench` throws; all stays as it was
   */
  reload(settings?: WorkbenchSettings): Promise<void>
  /** What waits or is being made fails with `service-busy`. */
  close(): Promise<void>
}

/** @throws KnownError bundle-*, prices-malformed */
export async function openForecastPool(options: ForecastPoolOptions): Promise<ForecastPool> {
  const pool = new Pool(options)
  await pool.reload(options.settings)
  return pool
}

interface Job {
  readonly task: AskedTask
  readonly atMs: number
  readonly answer: PromiseWithResolvers<ForecastTask>
  /** Null while it waits. */
  worker: ForecastWorker | null
}

class Pool implements ForecastPool {
  readonly #options: ForecastPoolOptions
  readonly #threads: ForecastThreads
  readonly #line = new Set<Job>()
  readonly #running = new Set<Job>()
  #reloading: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: ForecastPoolOptions) {
    this.#options = options
    const { threads, cwd, dropMs, onTrouble } = options
    const onRefilled = () => this.#serve()
    const onNone = (error: unknown) => this.#failAll(this.#line, error)
    this.#threads = new ForecastThreads({ threads, cwd, dropMs, onTrouble, onRefilled, onNone })
  }

  async forecast(task: AskedTask, signal: AbortSignal): Promise<ForecastTask> {
    signal.throwIfAborted()
    if (this.#isClosed) throw ending()
    const job: Job = { task, atMs: this.#options.now(), answer: Promise.withResolvers(), worker: null }
    this.#line.add(job)
    this.#serve()
    if (job.worker === null && this.#line.size > this.#options.mostWaiting) {
      this.#line.delete(job)
      throw new KnownError('service-busy', `${this.#line.size} tasks wait to be forecast`)
    }
    const leave = () => this.#end(job, signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await job.answer.promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  waiting(): number {
    return this.#line.size
  }

  running(): number {
    return this.#running.size
  }

  /** One after the other: the last one asked for holds. */
  reload(settings?: WorkbenchSettings): Promise<void> {
    const reloaded = this.#reloading.then(async () => {
      if (this.#isClosed) throw ending()
      if (settings !== undefined) makeCache(resolve(this.#options.cwd, settings.cache.value))
      await this.#threads.reload(settings)
      this.#serve()
    })
    this.#reloading = reloaded.catch(() => {}) // who asked for it is told
    return reloaded
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const jobs of [this.#line, this.#running]) this.#failAll(jobs, ending())
    await this.#reloading
    await this.#threads.close()
  }

  /** Gives what waits to the threads that are idle. */
  #serve(): void {
    for (const job of this.#line) {
      const worker = this.#threads.idle(job.task.repository.path)
      if (worker === null) break
      this.#line.delete(job)
      this.#run(job, worker)
    }
    this.#threads.refill()
  }

  #run(job: Job, worker: ForecastWorker): void {
    job.worker = worker
    this.#running.add(job)
    const { resolve, reject } = job.answer
    worker
      .run(job.task, job.atMs, this.#options.learnt?.())
      .then(resolve, reject)
      .then(() => {
        this.#running.delete(job)
        this.#serve()
      })
  }

  #failAll(jobs: ReadonlySet<Job>, error: unknown): void {
    for (const job of [...jobs]) this.#end(job, error)
  }

  #end(job: Job, reason: unknown): void {
    this.#line.delete(job)
    if (this.#running.has(job)) job.worker?.drop()
    job.answer.reject(reason)
  }
}

const ending = (): KnownError => new KnownError('service-busy', 'the service is ending')

/**
 * The threads must not make the cache all at once: SQLite does not wait there. One that cannot be made costs time, not
 * the answers; each thread tells of it when it first needs it.
 */
function makeCache(folder: string): void {
  try {
    openOutlineCache(folder).close()
  } catch (error) {
    if (!(error instanceof KnownError && error.code === 'file-not-written')) throw error
  }
}
