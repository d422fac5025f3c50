import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { KnownError } from '../../errors.ts'
import type { SharedFit } from '../../regress/boosting-fit.ts'
import type { BoostingState } from '../../regress/boosting-forest.ts'
import {
  type BoostingParams,
  type BoostingSettings,
  checkedSettings,
} from '../../regress/boosting-settings.ts'
import { isSparse, type Matrix, type SparseMatrix } from '../../regress/matrix.ts'
import type { BoostingStart, FromBoosting } from './boosting-messages.ts'
import { type Meeting, meetingOf } from './meeting.ts'
import { emptyIntegers, emptyNumbers, sharedNumbers, sharedTable } from './shared-tables.ts'

export interface CoresOptions {
  /** Default: as many as there are cores for this process. */
  readonly threads?: number
  readonly signal?: AbortSignal
}

/**
 * `gradientBoosting.fit` on several cores: the same bytes, whatever the number of threads. The event loop stays free. The
 * table is copied into memory that the threads share, unless its arrays are on a `SharedArrayBuffer`; it must not change
 * meanwhile.
 * @throws KnownError `data-malformed`, `too-little-data` as `gradientBoosting.fit` does; the signal's reason; Error when a
 * thread ends early
 */
export async function fitBoostingOnCores(
  x: Matrix | SparseMatrix,
  y: Float64Array,
  params: BoostingParams & CoresOptions,
): Promise<BoostingState> {
  const { threads = availableParallelism(), signal, ...asked } = params
  signal?.throwIfAborted()
  if (!Number.isInteger(threads) || threads < 1)
    throw new KnownError('data-malformed', `threads is ${threads}, not a whole number from 1`)
  const settings = checkedSettings(x, y, asked)
  // Dense columns go by fours; a thread without any would only wait.
  const size = Math.max(1, Math.min(threads, isSparse(x) ? x.columns : Math.ceil(x.columns / 4)))
  return inThreads(await shared({ x, y, settings }), meetingOf(size, mostSaid(settings, size)), signal)
}

/** Two cuts, or what the leaves of one thread add. */
const mostSaid = ({ maxLeaves }: BoostingSettings, size: number): number =>
  Math.max(10, Math.ceil(maxLeaves / size))

interface Given {
  readonly x: Matrix | SparseMatrix
  readonly y: Float64Array
  readonly settings: BoostingSettings
}

async function shared({ x, y, settings }: Given): Promise<SharedFit> {
  const residuals = emptyNumbers(y.length)
  residuals.set(y)
  const memory = { residuals, packed: emptyNumbers(y.length), order: emptyIntegers(y.length) }
  const { earlyStopping, ...rest } = settings
  if (!earlyStopping) return { x: await sharedTable(x), memory, settings: rest }
  const watched = {
    ...earlyStopping,
    x: await sharedTable(earlyStopping.x),
    y: await sharedNumbers(earlyStopping.y),
  }
  return { x: await sharedTable(x), memory, settings: { ...rest, earlyStopping: watched } }
}

async function inThreads(fit: SharedFit, meeting: Meeting, signal?: AbortSignal): Promise<BoostingState> {
  const { promise, resolve, reject } = Promise.withResolvers<BoostingState>()
  const workers: Worker[] = []
  const stop = () => reject(signal?.reason)
  try {
    signal?.throwIfAborted()
    signal?.addEventListener('abort', stop, { once: true })
    for (let place = 0; place < meeting.size; place++) {
      const worker = started({ ...fit, meeting, place })
      workers.push(worker)
      listen(worker, { resolve, reject })
    }
    return await promise
  } finally {
    signal?.removeEventListener('abort', stop)
    // Those that still wait for one that failed are woken by this alone.
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** The program runs from its sources and as it is built. */
const started = (start: BoostingStart): Worker =>
  new Worker(new URL(`./boosting-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url), {
    workerData: start,
  })

interface Ears {
  readonly resolve: (state: BoostingState) => void
  readonly reject: (error: unknown) => void
}

function listen(worker: Worker, { resolve, reject }: Ears): void {
  worker.on('message', (message: FromBoosting) => {
    if (message.say === 'fitted') return resolve(message.state)
    reject(new KnownError(message.code, message.detail, { fix: message.fix }))
  })
  worker.on('error', (cause: Error) =>
    reject(new Error(`a thread that fits a forest ended: ${cause.message}`, { cause })),
  )
  worker.on('exit', (code) => {
    if (code !== 0) reject(new Error(`a thread that fits a forest ended with ${code}`))
  })
}
