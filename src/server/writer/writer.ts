import { Worker } from 'node:worker_threads'
import { KnownError } from '../../errors.ts'
import type { FromWriter, ToWriter, WriteFailure, WriterStart } from './writer-messages.ts'
import type { Write } from './writes.ts'

/**
 * The one place from which the service writes into the store, in a thread of its own: an import or a run of another process
 * may hold the store for a while, and no request that only reads is to wait for that.
 */
export interface Writer {
  /** Comes back once it is in the store: a process that is killed then keeps it. @throws KnownError `store-failed` */
  readonly write: (write: Write) => Promise<void>
  /** How many are on their way. */
  readonly waiting: () => number
  /** After everything that is on its way. */
  readonly close: () => Promise<void>
}

/** @throws KnownError `store-failed`, `store-foreign` */
export async function openWriter(database: string): Promise<Writer> {
  const file = new URL(`./writer-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
  const start: WriterStart = { database }
  const worker = new Worker(file, { workerData: start })
  const first = await new Promise<FromWriter>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (first.say === 'refused') throw errorOf(first.failure)
  return writerOf(worker)
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

function writerOf(worker: Worker): Writer {
  const waiting = new Map<number, Waiting>()
  let outgoing: [number, Write][] = []
  let last = 0
  let closed: (() => void) | null = null
  let broken: unknown = null
  const send = (message: ToWriter): void => worker.postMessage(message)
  const flush = (): void => {
    send({ say: 'write', writes: outgoing })
    outgoing = []
  }
  worker.on('message', (message: FromWriter) => {
    if (message.say === 'done') settle(waiting, message)
    if (message.say === 'closed') closed?.()
  })
  const fail = (error: unknown): void => {
    broken ??= error
    for (const { reject } of waiting.values()) reject(broken)
    waiting.clear()
    closed?.()
  }
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the thread that writes the store has ended')))
  return {
    waiting: () => waiting.size,
    write: (write) =>
      new Promise((resolve, reject) => {
        if (broken !== null) return reject(broken)
        waiting.set(++last, { resolve, reject })
        // Those of one turn of the event loop go in one message.
        if (outgoing.push([last, write]) === 1) queueMicrotask(flush)
      }),
    async close() {
      if (broken !== null) return
      await new Promise<void>((resolve) => {
        closed = resolve
        queueMicrotask(() => send({ say: 'close' }))
      })
    },
  }
}

function settle(
  waiting: Map<number, Waiting>,
  { numbers, failure }: FromWriter & { readonly say: 'done' },
): void {
  for (const number of numbers) {
    const one = waiting.get(number)
    waiting.delete(number)
    if (failure === null) one?.resolve()
    else one?.reject(errorOf(failure))
  }
}

const errorOf = ({ code, detail, fix }: WriteFailure): Error =>
  code === null ? new Error(detail) : new KnownError(code, detail, fix === null ? {} : { fix })
