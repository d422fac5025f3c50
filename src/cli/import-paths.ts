import { readPriceBook } from '../pricing/read-price-book.ts'
import { importOpened, type SkippedSource } from '../store/import-opened.ts'
import type { Importing, SourceReport } from '../store/import-source.ts'
import type { Store } from '../store/open-store.ts'
import { runWriter } from '../store/write-run.ts'
import type { Format } from '../trajectory/format.ts'
import { openSources } from '../trajectory/open-sources.ts'
import { runPricer } from '../trajectory/run-cost.ts'
import type { Invocation } from './command-line.ts'
import { progressBar } from './progress.ts'

/** What an import came to, source by source. */
export interface Imported {
  readonly reports: readonly SourceReport[]
  readonly skipped: readonly SkippedSource[]
}

/** Imports what the arguments of a command name into a store; `mapped` = by this map instead of the format found. */
export async function importPaths(call: Invocation, store: Store, mapped: Format | null): Promise<Imported> {
  const { app, args } = call
  const bar = progressBar(app, 'importing')
  const reports: SourceReport[] = []
  const skipped: SkippedSource[] = []
  let runs = 0
  try {
    const importing = await importingInto(store, call, (batch) => {
      runs += batch
      bar.count(runs)
    })
    for await (const opened of openSources(args, { cwd: app.cwd, stdin: app.stdin(), signal: app.signal })) {
      if (opened.kind === 'unreadable') skipped.push({ name: opened.name, error: opened.error })
      else {
        const answer = await importOpened(importing, opened.source, { mapped, signal: app.signal })
        if ('runs' in answer) reports.push(answer)
        else skipped.push(answer)
      }
    }
  } finally {
    bar.end()
  }
  return { reports, skipped }
}

/** Whether everything that was named could be read; what is of no known format is passed over by intent. */
export const isWhole = ({ reports, skipped }: Imported): boolean =>
  skipped.every(({ error }) => error === null) && reports.every(({ unreadable }) => unreadable.length === 0)

async function importingInto(
  store: Store,
  { app, settings }: Pick<Invocation, 'app' | 'settings'>,
  onRuns: (runs: number) => void,
): Promise<Importing> {
  const book = await readPriceBook({ file: settings.prices.value, cwd: app.cwd })
  return {
    store,
    writer: runWriter(store, runPricer(book)),
    atMs: app.now(),
    onBatch: async (runs) => {
      onRuns(runs)
      app.signal.throwIfAborted()
    },
  }
}
