import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PriceBook } from '../pricing/price-book.ts'
import { importOpened } from '../store/import-opened.ts'
import type { Importing, SourceReport } from '../store/import-source.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { runWriter } from '../store/write-run.ts'
import { openSources } from '../trajectory/open-sources.ts'
import { readMap } from '../trajectory/read-map.ts'
import { runPricer } from '../trajectory/run-cost.ts'
import { type Folds, readFolds, readTable } from './corpus.ts'
import { type SpendSplit, spendSplitsOf, type TaskMean, taskMeansOf } from './corpus-means.ts'
import { readTaskLabels } from './read-task-labels.ts'
import type { TaskLabels } from './task-labels.ts'

/** The public corpus of runs, as reports look at it. */
export interface ReportCorpus {
  /** In memory: the runs, and of some of them the calls. To be closed. */
  readonly store: Store
  /** What the import of each file came to. */
  readonly imports: readonly SourceReport[]
  readonly labels: TaskLabels
  readonly means: readonly TaskMean[]
  readonly splits: readonly SpendSplit[]
  readonly folds: Folds
}

export interface CorpusReading {
  readonly book: PriceBook
  /** The day of the prices of runs that do not tell their own, in milliseconds since the epoch. */
  readonly atMs: number
  readonly signal: AbortSignal
}

/** The files of runs, with the maps they are read by. The calls complete runs of the table. */
const RUN_FILES = [
  ['runs.csv.gz', 'corpus-runs.json'],
  ['calls.jsonl.gz', 'corpus-calls.json'],
] as const
const MAPS = fileURLToPath(new URL('../../data/maps', import.meta.url))
const LABEL_COLUMNS = { id: 'instance_id', benchmark: 'benchmark', difficulty: 'difficulty', kind: 'kind' }

/**
 * Reads a folder of the public corpus.
 * @throws KnownError `file-not-found`, `file-unreadable`, `run-malformed`, `data-malformed`
 */
export async function readReportCorpus(folder: string, reading: CorpusReading): Promise<ReportCorpus> {
  const [labels, means, splits, folds] = await Promise.all([
    readTaskLabels('tasks.jsonl.gz', { cwd: folder, signal: reading.signal }, LABEL_COLUMNS),
    readTable(join(folder, 'task_means.csv.gz')).then(taskMeansOf),
    readTable(join(folder, 'spend_splits.csv.gz')).then(spendSplitsOf),
    readFolds(join(folder, 'folds.json')),
  ])
  const store = openStore(':memory:', { create: true })
  try {
    return { store, imports: await importRuns(store, folder, reading), labels, means, splits, folds }
  } catch (error) {
    store.close()
    throw error
  }
}

async function importRuns(
  store: Store,
  folder: string,
  { book, atMs, signal }: CorpusReading,
): Promise<readonly SourceReport[]> {
  const onBatch = () => signal.throwIfAborted()
  const importing: Importing = { store, writer: runWriter(store, runPricer(book)), atMs, onBatch }
  const imports: SourceReport[] = []
  for (const [file, map] of RUN_FILES) {
    const mapped = await readMap(map, MAPS)
    for await (const opened of openSources([file], { cwd: folder, stdin: nothing(), signal })) {
      if (opened.kind === 'unreadable') throw opened.error
      const report = await importOpened(importing, opened.source, { mapped, signal })
      if ('runs' in report) imports.push(report)
      else if (report.error !== null) throw report.error
    }
  }
  return imports
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
