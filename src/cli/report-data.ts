import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import { readJsonFile } from '../json.ts'
import type { Folds } from '../learn/corpus.ts'
import { readDataset } from '../learn/dataset.ts'
import type { Evaluation } from '../learn/evaluate.ts'
import { compareFeatureGroups, type FeatureGroupResult } from '../learn/feature-groups.ts'
import { foldsOf } from '../learn/folds.ts'
import { readReportCorpus } from '../learn/read-report-corpus.ts'
import { readTaskLabels } from '../learn/read-task-labels.ts'
import { labelOf, type TaskLabels } from '../learn/task-labels.ts'
import { type PriceBook, priceOf } from '../pricing/price-book.ts'
import { readPriceBook } from '../pricing/read-price-book.ts'
import type { RatesOf } from '../report/consumption/caching.ts'
import { meansOfCorpus, selfForecastsOfCorpus } from '../report/consumption/corpus-means.ts'
import { gradesOf } from '../report/consumption/grades.ts'
import type { ReportData, ReportRequest } from '../report/make-report.ts'
import { readPublished } from '../report/reproduction/read-published.ts'
import { matchedEstimates } from '../store/keep-estimates.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { readActionTraces } from '../store/read-action-traces.ts'
import { readCallTraces } from '../store/read-call-traces.ts'
import { readEpisodes } from '../store/read-episodes.ts'
import { chosenEstimates, chosenMeans } from './chosen-by-filter.ts'
import type { Invocation } from './command-line.ts'
import { showSafely } from './escape.ts'
import { DATA_FOLDER } from './evaluate.ts'
import { type Imported, importPaths, isWhole } from './import-paths.ts'
import { inSteps } from './progress.ts'
import type { ReportOptions } from './report.ts'
import { filterOf } from './run-filter.ts'
import { withStore } from './runs.ts'

/** What a report is about, and whether all that was named could be read. */
export interface ReadReport {
  readonly data: ReportData
  readonly isWhole: boolean
}

/** Reads a corpus, files, or the store of the settings. @throws KnownError */
export async function readReportData(
  call: Invocation,
  options: ReportOptions,
  name: ReportRequest['name'],
): Promise<ReadReport> {
  const { app, settings, args } = call
  if (options.corpus !== undefined && args.length > 0) {
    throw new KnownError('usage', `--corpus and ${args[0]}`, { fix: 'give a corpus or files, not both' })
  }
  if (options.corpus !== undefined && options.tasks !== undefined) {
    throw new KnownError('usage', '--corpus and --tasks', { fix: 'leave out --tasks: a corpus has its own' })
  }
  const book = await readPriceBook({ file: settings.prices.value, cwd: app.cwd })
  if (options.corpus !== undefined) return corpusReport(call, { corpus: options.corpus, name }, book)
  if (args.length > 0) return filesReport(call, options, book)
  return withStore(call, async (store) => ({
    data: await storeData(call, store, { options, book }),
    isWhole: true,
  }))
}

async function filesReport(call: Invocation, options: ReportOptions, book: PriceBook): Promise<ReadReport> {
  const store = openStore(':memory:', { create: true })
  try {
    const imported = await importPaths(call, store, null)
    for (const line of notRead(imported)) call.app.note(`not read: ${showSafely(line)}\n`)
    return { data: await storeData(call, store, { options, book }), isWhole: isWhole(imported) }
  } finally {
    store.close()
  }
}

/** So many places of one file are told one by one. */
const MOST_PLACES = 5

/** What of the files could not be read, a line each. */
function notRead({ skipped, reports }: Imported): readonly string[] {
  return [
    ...skipped.map(({ name, error }) => `${name}: ${error === null ? 'of no known format' : error.message}`),
    ...reports.flatMap(({ name, unreadable }) => [
      ...unreadable.slice(0, MOST_PLACES).map(({ error }) => error.message),
      ...(unreadable.length > MOST_PLACES
        ? [`${unreadable.length - MOST_PLACES} more places of ${name}`]
        : []),
    ]),
  ]
}

async function corpusReport(
  call: Invocation,
  { corpus, name }: { readonly corpus: string; readonly name: ReportRequest['name'] },
  book: PriceBook,
): Promise<ReadReport> {
  const { app } = call
  const reading = { book, atMs: app.now(), signal: app.signal }
  const read = await readReportCorpus(resolve(app.cwd, corpus), reading)
  const { store, labels, splits } = read
  try {
    const means = chosenMeans(store, filterOf(call), read.means)
    const data: ReportData = {
      ...(await storeData(call, store, { options: {}, book })),
      labels,
      means: meansOfCorpus(means, splits),
      selfForecasts: selfForecastsOfCorpus(means, splits),
      evaluation: await readEvaluation(),
      featureGroups:
        name === 'forecast' || name === 'all' ? await featureGroups(app, labels, read.folds) : [],
      isCorpus: true,
    }
    return { data, isWhole: true }
  } finally {
    store.close()
  }
}

/** What groups of features are worth on the tasks of the shipped tables, graded by the labels of the corpus. */
async function featureGroups(
  app: App,
  labels: TaskLabels,
  folds: Folds,
): Promise<readonly FeatureGroupResult[]> {
  const dataset = await readDataset(DATA_FOLDER)
  const grades = gradesOf(new Set([...labels.values()].flatMap(({ difficulty }) => difficulty ?? [])))
  const gradeOf = (task: string) => {
    const place = grades?.order.indexOf(labelOf(labels, BENCHMARK, task)?.difficulty ?? '') ?? -1
    return place < 0 ? null : place
  }
  return inSteps(app, 'comparing features', (onStep) =>
    compareFeatureGroups(dataset, { folds: foldsOf(dataset, folds['task-cv']), gradeOf }, onStep),
  )
}

/** Of the tasks in the shipped tables. */
const BENCHMARK = 'swe-bench-verified'

interface From {
  readonly options: Pick<ReportOptions, 'tasks'>
  readonly book: PriceBook
}

async function storeData(call: Invocation, store: Store, { options, book }: From): Promise<ReportData> {
  const { app } = call
  const episodes = readEpisodes(store, filterOf(call), app.signal)
  return {
    episodes,
    traces: readCallTraces(store, episodes, { book }),
    actions: readActionTraces(store, episodes),
    labels: options.tasks === undefined ? new Map() : await readTaskLabels(options.tasks, app),
    ratesOf: ratesOf(book, app.now()),
    means: [],
    selfForecasts: [],
    published: await readPublished(resolve(DATA_FOLDER, 'published.csv')),
    estimates: chosenEstimates(store, filterOf(call), [...matchedEstimates(store)]),
    evaluation: null,
    featureGroups: [],
    isCorpus: false,
  }
}

/** As `foretoken evaluate` measured it last. */
const readEvaluation = async (): Promise<Evaluation> =>
  (await readJsonFile(resolve(DATA_FOLDER, 'evaluation.json'), 'data-malformed')) as Evaluation

/** List prices of today; null where the book does not know the model, all zero where it is free. */
function ratesOf(book: PriceBook, atMs: number): RatesOf {
  return (model) => {
    const price = priceOf(book, model, atMs)
    return price.kind === 'known' ? price.rates : null
  }
}
