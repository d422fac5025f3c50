/**
 * The library surface: what a program may import from `foretoken`, by the folder it stands in. `task`: issues and
 * repositories. `forecast`, `pricing`: forecasts and what they cost. `gate`: budgets. `trajectory`, `store`: runs, from
 * files into a store, and out of it one by one or as columns. `metrics`: statistics, one a file, each with its
 * definition. `gateway`: metering, caps, cassettes. `features`, `regress`, `learn`: tables, folds, learners, and the recipe
 * of the shipped bundle. `runner`: plans, tasks, agents. `report`: data in, a document out, and the document and its
 * figures in every form.
 *
 * @example a forecast
 * const forecaster = forecasterOf(await readBundle(MODELS_FOLDER, null))
 * const prices = await readPriceBook({ file: null, cwd: '.' })
 * const issue = makeIssue({ title: 'Crash on empty input', body: '…', source: { kind: 'text' } })
 * const cache = openOutlineCache('.foretoken/cache')
 * const snapshot = await readSnapshot(await openRepository('../app'), cache)
 * const forecasts = estimateTask(forecaster, prices, { ...NOTHING_ASKED, issue, snapshot, atMs: Date.now() })
 *
 * @example an agent's calls, counted and capped
 * const upstreams = new Map([['openai', upstreamOf('openai', { baseUrl: 'https://api.openai.com/v1', key })]])
 * const gateway = await startGateway({ ...upstreamReplies(upstreams), recorder: null, book: prices })
 * const run = gateway.openRun({ agent: 'mine', limits: { outputTokens: 50_000 } })
 * // … OPENAI_BASE_URL = `${run.baseUrl}/v1`, OPENAI_API_KEY = run.key …
 * console.log(run.totals().total, run.exchanges())
 * await gateway.close()
 *
 * @example a report; `notebooks/` has more
 * const store = openStore('runs.db', { create: true })
 * await importRuns(store, ['results/'], { book: prices, cwd: '.', atMs: Date.now() })
 * const data: ReportData = { ...NO_REPORT_DATA, episodes: readEpisodes(store, ALL_RUNS) }
 * const report = makeReport(data, { name: 'noise', asked: [], budgets: NO_BUDGET_ASKED, margin: 0.03 })
 * const page = await renderHtml(report, readFonts())
 */
import { fileURLToPath } from 'node:url'
import type { EstimateInput } from './forecast/task-estimate.ts'
import type { ReportData } from './report/make-report.ts'

export { ERRORS, type ErrorCode, EXIT, KnownError } from './errors.ts'
export { type DenseGroup, EXTRACTORS, featureNames } from './features/features.ts'
export type { Estimate, UsdRange } from './forecast/estimate.ts'
export { type Forecast, type Forecaster, forecasterOf } from './forecast/forecaster.ts'
export { conformalQuantile, type Range, rangeOf } from './forecast/range.ts'
export { listBundles, readBundle } from './forecast/read-bundle.ts'
export { type EstimateInput, estimateOutcomes, estimateTask } from './forecast/task-estimate.ts'
export { type Budget, parseBudget } from './gate/budget.ts'
export { judge, type Verdict, type VerdictKind } from './gate/judge.ts'
export type { GateForecast, GateTask } from './gate/task.ts'
export { cassettePlayer } from './gateway/cassette/player.ts'
export { readCassette } from './gateway/cassette/read-cassette.ts'
export { redactor } from './gateway/cassette/redactor.ts'
export { cassetteSource } from './gateway/cassette-source.ts'
export { type Gateway, type GatewayOptions, type GatewayRun, startGateway } from './gateway/gateway.ts'
export { openRecorder, type Recorder } from './gateway/records/recorder.ts'
export { upstreamOf } from './gateway/upstream/upstream.ts'
export { upstreamReplies } from './gateway/upstream/upstream-source.ts'
export { type CoresOptions, fitBoostingOnCores } from './learn/cores/fit-boosting-on-cores.ts'
export { readFolds } from './learn/corpus.ts'
export { type Dataset, type Quantity, readDataset, targetsOf, tokensOf } from './learn/dataset.ts'
export { ISSUE_ONLY, type Recipe, WITH_REPOSITORY } from './learn/fit.ts'
export { crossPredict, type Fold, fitOn, foldsOf, outside } from './learn/folds.ts'
export { type CurvePoint, readCurves } from './learn/replay/learning-curve.ts'
export { bootstrapInterval } from './metrics/bootstrap.ts'
export { clusterTest } from './metrics/cluster-test.ts'
export { clusteredDifference } from './metrics/clustered-difference.ts'
export { clusteredMean } from './metrics/clustered-mean.ts'
export { holm } from './metrics/holm.ts'
export { iccOf, iccOfMean, noiseCeiling } from './metrics/icc.ts'
export { kendall } from './metrics/kendall.ts'
export { mcnemar } from './metrics/mcnemar.ts'
export { pearson, pearsonInterval } from './metrics/pearson.ts'
export { detectableEffect, equivalencePower, powerFor } from './metrics/power.ts'
export { trendScores } from './metrics/score-contributions.ts'
export { spearman } from './metrics/spearman.ts'
export { tost } from './metrics/tost.ts'
export { wilsonInterval } from './metrics/wilson.ts'
export { type PriceBook, priceOf } from './pricing/price-book.ts'
export { readPriceBook } from './pricing/read-price-book.ts'
export type { Estimator } from './regress/estimator.ts'
export { gradientBoosting } from './regress/gradient-boosting.ts'
export { fromRows, type Matrix, select, selectRows } from './regress/matrix.ts'
export { type Random, seededRandom } from './regress/random.ts'
export { ridge } from './regress/ridge.ts'
export { standardised } from './regress/standardise.ts'
export { type AskedBudgets, NO_BUDGET_ASKED } from './report/budget/report-budget.ts'
export type { TaskMeans } from './report/consumption/task-means.ts'
export type { Block, Cell, Column, Report, ReportTable, Section } from './report/document.ts'
export type { Chart, Figure } from './report/figure.ts'
export { figureSvg } from './report/figures/figure-svg.ts'
export { type Fonts, readFonts } from './report/figures/read-fonts.ts'
export { makeReport, type ReportData, type ReportRequest } from './report/make-report.ts'
export type { PlanKnowledge, PlannedForecast } from './report/plan/knowledge.ts'
export { planReport } from './report/plan/report-plan.ts'
export { renderCsv } from './report/report-csv.ts'
export { renderHtml } from './report/report-html.ts'
export { renderJson } from './report/report-json.ts'
export { renderMarkdown } from './report/report-markdown.ts'
export { renderText } from './report/report-text.ts'
export { type Agent, parseAgent } from './runner/agents/agent.ts'
export { type AgentRun, type AgentStart, agentStart } from './runner/agents/agent-start.ts'
export { type Plan, parsePlan } from './runner/plan.ts'
export { readTasks } from './runner/tasks/read-tasks.ts'
export type { Task } from './runner/tasks/task.ts'
export { SHIPPED_MODELS as MODELS_FOLDER } from './settings.ts'
export type { Episodes } from './store/episodes.ts'
export { type ImportedRuns, type ImportOptions, importRuns } from './store/import-runs.ts'
export { openStore, type Store } from './store/open-store.ts'
export { readEpisodes } from './store/read-episodes.ts'
export { ALL_RUNS, type RunFilter, readRuns, type StoredRun } from './store/read-runs.ts'
export { type Issue, makeIssue } from './task/issue.ts'
export { openOutlineCache } from './task/outline-cache.ts'
export { openRepository } from './task/repository.ts'
export { readSnapshot, type Snapshot } from './task/snapshot.ts'
export { FORMATS, formatOf } from './trajectory/formats.ts'
export { openSources } from './trajectory/open-sources.ts'
export type { RunLine } from './trajectory/run-line.ts'
export type { Usage } from './usage/usage.ts'

/** The tables that ship with the package; data/README.md tells what is in them. */
export const DATA_FOLDER = fileURLToPath(new URL('../data', import.meta.url))

/** An estimate's input without an issue: no repository, the default agent, every model, one run, no budget. */
export const NOTHING_ASKED: Omit<EstimateInput, 'issue' | 'atMs'> = {
  snapshot: null,
  repository: null,
  agent: null,
  models: null,
  meanOf: 1,
  budgetUsd: null,
  selfForecasts: {},
}

/** What reports are made of, beside the runs: nothing. */
export const NO_REPORT_DATA: Omit<ReportData, 'episodes'> = {
  traces: null,
  actions: null,
  labels: new Map(),
  ratesOf: () => null,
  means: [],
  selfForecasts: [],
  published: new Map(),
  estimates: [],
  evaluation: null,
  featureGroups: [],
  isCorpus: false,
}
