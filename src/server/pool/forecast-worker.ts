import { Worker } from 'node:worker_threads'
import type { AskedTask, ForecastTask } from '../../forecast/read-workbench.ts'
import {
  type ForecastStart,
  type FromForecaster,
  type Learnt,
  NOTHING_LEARNT,
  type ToForecaster,
} from './forecast-messages.ts'
import { failureTold } from './told-failure.ts'

/** What a thread may use; beyond that it ends, and not the service. */
const LIMITS = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 32 }
/** So long after being dropped a forecast may go on. */
const DROP_MS = 10_000

/** A thread that makes forecasts, one at a time. */
export class ForecastWorker {
  readonly #worker: Worker
  readonly #dropMs: number
  /** Resolves when the thread is no more, with what ended it; null = it was closed. */
  readonly ended: Promise<Error | null>
  /** The repository that it read last. */
  lastPath: string | null = null
  #waiting: PromiseWithResolvers<ForecastTask> | null = null
  #isClosing = false

  /** Resolves when it can be used. @throws KnownError what `openWorkbench` throws */
  static async start(start: ForecastStart, { onNote, dropMs }: WorkerOptions): Promise<ForecastWorker> {
    // The program runs from its sources and as it is built.
    const file = new URL(
      `./forecast-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
      import.meta.url,
    )
    const worker = new Worker(file, { workerData: start, resourceLimits: LIMITS })
    const ready = Promise.withResolvers<void>()
    const it = new ForecastWorker(worker, dropMs ?? DROP_MS)
    it.#listen({ onNote, onReady: ready.resolve, onFailed: ready.reject })
    it.ended.then((error) => ready.reject(error ?? new Error('a thread ended before it was ready')))
    await ready.promise
    return it
  }

  private constructor(worker: Worker, dropMs: number) {
    this.#worker = worker
    this.#dropMs = dropMs
    this.ended = endOf(worker)
    this.ended.then((error) =>
      this.#settle()?.reject(error ?? new Error('the thread was closed while it made a forecast')),
    )
  }

  get isIdle(): boolean {
    return this.#waiting === null && !this.#isClosing
  }

  /** To be called when it is idle. @throws what making the forecast throws; Error when the thread ends */
  run(task: AskedTask, atMs: number, learnt: Learnt = NOTHING_LEARNT): Promise<ForecastTask> {
    if (!this.isIdle) throw new Error('a forecast is being made already')
    this.#waiting = Promise.withResolvers()
    this.lastPath = task.repository.path
    this.#send({ say: 'forecast', task, atMs, learnt })
    return this.#waiting.promise
  }

  /** Nobody waits for the forecast being made: the thread is to be idle soon, or ended. */
  drop(): void {
    const dropped = this.#waiting
    if (dropped === null) return
    this.#send({ say: 'drop' })
    const timer = setTimeout(() => this.#worker.terminate(), this.#dropMs)
    const settled = () => clearTimeout(timer)
    dropped.promise.then(settled, settled)
  }

  /** Ends the thread when the forecast being made, if there is one, is done. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#waiting?.promise.catch(() => {}) // whoever asked for it is told
    this.#send({ say: 'close' })
    await this.ended
  }

  #listen({ onNote, onReady, onFailed }: Ears): void {
    this.#worker.on('message', (message: FromForecaster) => {
      switch (message.say) {
        case 'ready':
          return onReady()
        case 'note':
          return onNote(message.text)
        case 'forecast':
          return this.#settle()?.resolve(message.forecast)
        case 'failed':
        case 'bug': {
          const error = failureTold(message)
          onFailed(error)
          return this.#settle()?.reject(error)
        }
      }
      message satisfies never
    })
  }

  #settle(): PromiseWithResolvers<ForecastTask> | null {
    const waiting = this.#waiting
    this.#waiting = null
    return waiting
  }

  #send(message: ToForecaster): void {
    this.#worker.postMessage(message)
  }
}

interface WorkerOptions {
  /** Told what the thread tells its user, such as that its cache cannot be kept. */
  readonly onNote: (text: string) => void
  /** So long after being dropped a forecast may go on; default 10 seconds. */
  readonly dropMs?: number | undefined
}

interface Ears {
  readonly onNote: (text: string) => void
  readonly onReady: () => void
  readonly onFailed: (error: Error) => void
}

function endOf(worker: Worker): Promise<Error | null> {
  const { promise, resolve } = Promise.withResolvers<Error | null>()
  worker.on('error', (cause: Error) =>
    resolve(new Error(`a thread that makes forecasts ended: ${cause.message}`, { cause })),
  )
  worker.on('exit', (code) =>
    resolve(code === 0 ? null : new Error(`a thread that makes forecasts ended with ${code}`)),
  )
  return promise
}
