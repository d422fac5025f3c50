import type { PriceBook } from '../pricing/price-book.ts'
import { openSources } from '../trajectory/open-sources.ts'
import { runPricer } from '../trajectory/run-cost.ts'
import { importOpened, type SkippedSource } from './import-opened.ts'
import type { SourceReport } from './import-source.ts'
import type { Store } from './open-store.ts'
import { runWriter } from './write-run.ts'

/** What reading needs beside the paths. */
export interface ImportOptions {
  /** Whose prices each run is told at. */
  readonly book: PriceBook
  /** Paths are relative to it. */
  readonly cwd: string
  /** The day of prices of runs that do not tell their own, in milliseconds since the epoch. */
  readonly atMs: number
  readonly signal?: AbortSignal
}

/** What became of each source. */
export interface ImportedRuns {
  readonly reports: readonly SourceReport[]
  readonly skipped: readonly SkippedSource[]
}

/**
 * Imports files, folders and globs into a store, each run once, as `foretoken import` does: for programs. What cannot be
 * read costs only itself.
 * @throws KnownError `store-failed`
 */
export async function importRuns(
  store: Store,
  paths: readonly string[],
  { book, cwd, atMs, signal = new AbortController().signal }: ImportOptions,
): Promise<ImportedRuns> {
  const importing = { store, writer: runWriter(store, runPricer(book)), atMs, onBatch: () => {} }
  const reports: SourceReport[] = []
  const skipped: SkippedSource[] = []
  for await (const opened of openSources(paths, { cwd, stdin: nothing(), signal })) {
    if (opened.kind === 'unreadable') skipped.push({ name: opened.name, error: opened.error })
    else {
      const answer = await importOpened(importing, opened.source, { mapped: null, signal })
      if ('runs' in answer) reports.push(answer)
      else skipped.push(answer)
    }
  }
  return { reports, skipped }
}

/** A program has no standard input to import. */
async function* nothing(): AsyncGenerator<Uint8Array> {}
