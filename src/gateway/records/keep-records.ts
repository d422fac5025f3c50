import type { PriceBook } from '../../pricing/price-book.ts'
import { gatewayRuns } from '../../store/gateway-runs.ts'
import { openStore } from '../../store/open-store.ts'
import { runPricer } from '../../trajectory/run-cost.ts'
import type { JournalEntry } from './journal-entry.ts'
import { abandon, note, type RunRecord, runFrom, toldExchange } from './run-record.ts'

/** Takes entries of one journal over into the store. */
export interface RecordKeeper {
  /** Not kept yet: see `save`. */
  readonly note: (entry: JournalEntry) => void
  /** Keeps what was noted. @throws KnownError `store-failed`; what was noted stays, for another try */
  readonly save: () => void
  /** The process that wrote the journal is gone: what it had begun will not be told. */
  readonly abandon: () => void
  readonly close: () => void
}

/**
 * @param name of the journal
 * @throws KnownError `store-failed`, `store-foreign`
 */
export function recordKeeper(
  database: string,
  name: string,
  { book, atMs }: { readonly book: PriceBook; readonly atMs: number },
): RecordKeeper {
  const store = openStore(database, { create: true })
  const kept = gatewayRuns(store, name, { price: runPricer(book), atMs })
  const runs = new Map<string, RunRecord>()
  /** Runs of which something is not in the store. */
  const news = new Set<string>()
  const inStore = new Set<string>()
  const save = (id: string, record: RunRecord): void => {
    const { ended, returned, meta } = record
    // A run that asked for nothing is none: a gateway that was only started says nothing of what agents spend.
    if (ended.length > 0 || inStore.has(id) || meta.isAttempt) {
      const exchanges = ended.map((exchange) => toldExchange(exchange, meta))
      kept.keep({ run: runFrom(record), exchanges, returned })
      inStore.add(id)
    }
    ended.length = 0
    returned.clear()
    news.delete(id)
    if (record.end === null || record.open.size > 0) return
    runs.delete(id)
    inStore.delete(id)
  }
  return {
    note(entry) {
      note(runs, entry)
      if (entry.say === 'opened') news.add(entry.run.id)
      else if (entry.say === 'closed') news.add(entry.run)
      else news.add(entry.exchange.run)
    },
    save() {
      for (const id of [...news]) {
        const record = runs.get(id)
        if (record === undefined) news.delete(id)
        else save(id, record)
      }
    },
    abandon() {
      for (const [id, record] of runs) {
        abandon(record)
        news.add(id)
      }
    },
    close: () => store.close(),
  }
}
