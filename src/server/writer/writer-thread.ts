import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { KnownError } from '../../errors.ts'
import { openStore, type Store } from '../../store/open-store.ts'
import { storeFailure } from '../../store/store-failure.ts'
import type { FromWriter, ToWriter, WriteFailure, WriterStart } from './writer-messages.ts'
import { type Write, writesInto } from './writes.ts'

type Numbered = readonly [number: number, write: Write]

if (!isMainThread && parentPort !== null) serve(workerData as WriterStart, parentPort)

function serve({ database }: WriterStart, port: NonNullable<typeof parentPort>): void {
  const tell = (message: FromWriter): void => port.postMessage(message)
  try {
    const store = openStore(database, { create: true })
    const perform = performing(store, tell)
    let waiting: Numbered[] = []
    const flush = (): void => {
      const writes = waiting
      waiting = []
      perform(writes)
    }
    port.on('message', (message: ToWriter) => {
      if (message.say === 'close') {
        flush()
        store.close()
        tell({ say: 'closed' })
        port.close()
        return
      }
      // What has come meanwhile goes into the same transaction: the more is written, the less each costs.
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(...message.writes)
    })
    tell({ say: 'ready' })
  } catch (error) {
    tell({ say: 'refused', failure: failureOf(error, database) })
    port.close()
  }
}

/** Performs all at once; where that fails each by itself, so that one costs only itself. */
function performing(store: Store, tell: (message: FromWriter) => void) {
  const writes = writesInto(store)
  const all = store.database.transaction((list: readonly Numbered[]) => {
    for (const [, write] of list) writes.perform(write)
  })
  const attempt = (list: readonly Numbered[]): WriteFailure | null => {
    try {
      all.immediate(list)
      return null
    } catch (error) {
      writes.forget()
      return failureOf(error, store.file)
    }
  }
  const numbers = (list: readonly Numbered[]): number[] => list.map(([number]) => number)
  return (list: readonly Numbered[]): void => {
    if (list.length === 0) return
    const failure = attempt(list)
    if (failure === null || list.length === 1) tell({ say: 'done', numbers: numbers(list), failure })
    else for (const one of list) tell({ say: 'done', numbers: [one[0]], failure: attempt([one]) })
  }
}

function failureOf(error: unknown, file: string): WriteFailure {
  const known = storeFailure(error, file)
  if (known instanceof KnownError) return { code: known.code, detail: known.detail, fix: known.fix }
  const detail = known instanceof Error ? (known.stack ?? known.message) : String(known)
  return { code: null, detail, fix: null }
}
