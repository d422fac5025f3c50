import type { WorkbenchSettings } from '../../forecast/read-workbench.ts'
import { ForecastWorker } from './forecast-worker.ts'

/** What threads are kept with. */
export interface ThreadsOptions {
  readonly threads: number
  readonly cwd: string
  readonly dropMs?: number | undefined
  readonly onTrouble: (message: string) => void
  /** Told when a thread came in place of one that had ended. */
  readonly onRefilled: () => void
  /** Told why, when there is no thread any more and none can be started. */
  readonly onNone: (error: unknown) => void
}

/** Threads with one workbench each: one that dies is replaced, and all are by others with newer bundle and prices. */
export class ForecastThreads {
  readonly #options: ThreadsOptions
  #settings: WorkbenchSettings | null = null
  #workers: readonly ForecastWorker[] = []
  /** Those of before a reload that still have something to finish. */
  readonly #retired = new Set<Promise<void>>()
  #refilling: Promise<void> | null = null
  #isClosed = false

  constructor(options: ThreadsOptions) {
    this.#options = options
  }

  /** Starts all anew; when one cannot be started everything stays as it is. @throws KnownError */
  async reload(settings: WorkbenchSettings | null = this.#settings): Promise<void> {
    if (settings === null) throw new Error('threads are started with settings')
    const fresh = await this.#startAll(settings, this.#options.threads)
    const old = this.#workers
    this.#settings = settings
    this.#workers = fresh
    for (const worker of fresh) this.#watch(worker)
    this.#retire(old)
  }

  /** One that is idle; rather the one that read this repository last. */
  idle(path: string | null): ForecastWorker | null {
    const idle = this.#workers.filter(({ isIdle }) => isIdle)
    return idle.find(({ lastPath }) => path !== null && lastPath === path) ?? idle[0] ?? null
  }

  /** Starts threads in place of those that have ended. */
  refill(): void {
    const missing = this.#options.threads - this.#workers.length
    if (missing <= 0 || this.#refilling !== null || this.#isClosed) return
    this.#refilling = this.#refill(missing).then((isFilled) => {
      this.#refilling = null
      // One may have ended meanwhile.
      if (isFilled) this.refill()
    })
  }

  /** Waits until all have ended; what is being made must have been dropped. */
  async close(): Promise<void> {
    this.#isClosed = true
    const workers = this.#workers
    this.#workers = []
    this.#retire(workers)
    await this.#refilling
    await Promise.all(this.#retired)
  }

  /** False where that is of no use for now: who asks next tries again. */
  async #refill(missing: number): Promise<boolean> {
    const settings = this.#settings
    if (settings === null) return false
    try {
      const fresh = await this.#startAll(settings, missing)
      // A reload or the end may have come between.
      if (this.#isClosed || this.#settings !== settings) {
        this.#retire(fresh)
        return true
      }
      const room = Math.max(0, this.#options.threads - this.#workers.length)
      this.#workers = [...this.#workers, ...fresh.slice(0, room)]
      for (const worker of fresh.slice(0, room)) this.#watch(worker)
      this.#retire(fresh.slice(room))
      this.#options.onRefilled()
      return true
    } catch (error) {
      this.#options.onTrouble(`no thread for forecasts can be started: ${messageOf(error)}`)
      if (this.#workers.length === 0) this.#options.onNone(error)
      return false
    }
  }

  /** All or none. */
  async #startAll(settings: WorkbenchSettings, count: number): Promise<readonly ForecastWorker[]> {
    const { cwd, dropMs, onTrouble } = this.#options
    const onNote = (text: string) => onTrouble(text.trimEnd())
    const started = await Promise.allSettled(
      Array.from({ length: count }, () => ForecastWorker.start({ cwd, settings }, { onNote, dropMs })),
    )
    const workers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const failed = started.find((one) => one.status === 'rejected')
    if (failed === undefined) return workers
    await Promise.all(workers.map((worker) => worker.close()))
    throw failed.reason
  }

  #watch(worker: ForecastWorker): void {
    worker.ended.then((error) => {
      if (!this.#workers.includes(worker)) return
      this.#workers = this.#workers.filter((other) => other !== worker)
      this.#options.onTrouble(`${messageOf(error)}; another takes its place`)
      this.refill()
    })
  }

  #retire(workers: readonly ForecastWorker[]): void {
    for (const worker of workers) {
      const retired = worker.close()
      this.#retired.add(retired)
      retired.then(() => this.#retired.delete(retired))
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
