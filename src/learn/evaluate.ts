import { resolveProbability } from '../forecast/resolved.ts'
import { brierScore } from '../metrics/brier.ts'
import { pearson } from '../metrics/pearson.ts'
import { type ReliabilityBin, reliabilityTable } from '../metrics/reliability.ts'
import { type ColdStart, coldModel, coldRepository, KNOWN_TASKS } from './cold-start.ts'
import { type Correlations, correlationsOf, SCALES, type Scale } from './correlation.ts'
import { type Dataset, QUANTITIES, type Quantity, targetsOf } from './dataset.ts'
import { ISSUE_ONLY, type Recipe, type Targets, WITH_REPOSITORY } from './fit.ts'
import { crossPredict, type Fold, type HeldOut } from './folds.ts'
import { columnOf, meanR } from './mean-r.ts'
import { type RangeQuality, rangeQuality } from './ranges.ts'
import { fitResolved } from './resolved.ts'
import { runNoiseOf } from './run-noise.ts'

/** A table of correlations: by quantity and scale, per model and their mean. */
export type CorrelationTable = Readonly<
  Record<
    Quantity,
    Readonly<Record<Scale, { readonly each: readonly Correlations[]; readonly mean: Correlations }>>
  >
>

/** One way of holding tasks out. */
export interface ProtocolResult {
  readonly correlations: CorrelationTable
  readonly range: Readonly<Record<Quantity, RangeQuality>>
  /** Mean r over models of log10 tokens from the issue alone. */
  readonly issueOnly: Readonly<Record<Quantity, number>>
}

export interface Evaluation {
  readonly schema: 'evaluation/1'
  /** SHA-256 of the tables. */
  readonly data: string
  readonly agent: string
  readonly models: readonly string[]
  readonly tasks: number
  readonly taskCv: ProtocolResult
  readonly repoOut: ProtocolResult
  readonly coldRepository: readonly ColdStart[]
  readonly coldModel: readonly ColdStart[]
  /** Mean r over models of log10 tokens: what the other models spent on the same task, and what repeats allow at most. */
  readonly ceiling: Readonly<Record<Quantity, { readonly otherModels: number; readonly repeats: number }>>
  readonly resolved: {
    readonly pair: string
    readonly brier: number
    readonly baseline: number
    readonly reliability: readonly ReliabilityBin[]
  } | null
}

export interface EvaluationFolds {
  readonly taskCv: readonly Fold[]
  readonly repoOut: readonly Fold[]
}

/** Called with the work done and all of it, in fits. */
export type OnProgress = (done: number, all: number) => void

const AGENT = 'openhands'

/** The protocol of the README on a dataset: every forecast is by a forecaster that saw nothing of the fold. */
export function evaluate(dataset: Dataset, folds: EvaluationFolds, onProgress: OnProgress): Evaluation {
  const targets = { output: targetsOf(dataset, 'output'), total: targetsOf(dataset, 'total') }
  const pairs = dataset.pairs.flatMap(({ agent }, index) => (agent === AGENT ? [index] : []))
  const step = stepper(folds, pairs.length, onProgress)
  const protocol = (which: readonly Fold[], groups: readonly string[]) =>
    protocolOf({ dataset, targets, pairs }, which, groups, step)
  const taskCv = protocol(
    folds.taskCv,
    dataset.tasks.map(({ id }) => id),
  )
  const repoOut = protocol(
    folds.repoOut,
    dataset.tasks.map(({ repository }) => repository),
  )
  const quick: Recipe = { ...WITH_REPOSITORY, hints: false }
  return {
    schema: 'evaluation/1',
    data: dataset.hash,
    agent: AGENT,
    models: pairs.map((pair) => dataset.pairs[pair]?.model ?? ''),
    tasks: dataset.tasks.length,
    taskCv: taskCv.result,
    repoOut: repoOut.result,
    coldRepository: coldRepository(dataset, targets, folds.repoOut, quick, pairs, step),
    coldModel: coldModel(dataset, targets, folds.taskCv, quick, pairs, step),
    ceiling: {
      output: ceilingOf(dataset, targets, pairs, 'output'),
      total: ceilingOf(dataset, targets, pairs, 'total'),
    },
    resolved: resolvedQuality(dataset, taskCv.heldOut),
  }
}

function stepper(folds: EvaluationFolds, pairs: number, onProgress: OnProgress): () => void {
  const draws = 1 + (KNOWN_TASKS.length - 1) * 3
  const all = 4 + draws * folds.repoOut.length + 3 * pairs * folds.taskCv.length
  let done = 0
  return () => onProgress(++done, all)
}

interface Subject {
  readonly dataset: Dataset
  readonly targets: Targets
  readonly pairs: readonly number[]
}

function protocolOf(
  { dataset, targets, pairs }: Subject,
  folds: readonly Fold[],
  groups: readonly string[],
  step: () => void,
) {
  const heldOut = crossPredict(dataset, targets, folds, WITH_REPOSITORY)
  step()
  const issue = crossPredict(dataset, targets, folds, { ...ISSUE_ONLY, hints: false })
  step()
  const input = { dataset, targets, plain: heldOut.plain, hinted: heldOut.hinted, pairs, groups }
  const table = QUANTITIES.map((quantity) => {
    const scales = SCALES.map((scale) => [scale, correlationsOf(input, quantity, scale)] as const)
    return [quantity, Object.fromEntries(scales)] as const
  })
  const range = (quantity: Quantity) =>
    rangeQuality(dataset, targets[quantity], heldOut.plain[quantity], folds, pairs)
  const result: ProtocolResult = {
    correlations: Object.fromEntries(table) as CorrelationTable,
    range: { output: range('output'), total: range('total') },
    issueOnly: {
      output: meanR(dataset, targets.output, issue.plain.output, pairs),
      total: meanR(dataset, targets.total, issue.plain.total, pairs),
    },
  }
  return { heldOut, result }
}

/**
 * What no forecaster of the issue can pass: r with the mean of the other models' actual log tokens (a stand-in for
 * knowing the task), and the root of the reliability of a mean of n runs, 1 − noise² / (n · variance).
 */
function ceilingOf(dataset: Dataset, targets: Targets, pairs: readonly number[], quantity: Quantity) {
  const columns = pairs.map((pair) => columnOf(dataset, targets[quantity], pair))
  const noise = runNoiseOf(dataset, quantity)
  const others = columns.map((own, i) => {
    const rest = columns.filter((_, j) => j !== i).map(standardised)
    const mean = own.map((_, t) => rest.reduce((sum, column) => sum + (column[t] as number), 0))
    return pearson(own, mean)
  })
  const repeats = columns.map((own, i) => {
    const pair = pairs[i] as number
    const runs = dataset.spend[pair]?.values().next().value?.runs ?? 1
    return Math.sqrt(Math.max(0, 1 - (noise[pair] as number) ** 2 / runs / variance(own)))
  })
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return { otherModels: mean(others), repeats: mean(repeats) }
}

const average = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function variance(values: Float64Array): number {
  const mean = average(values)
  return average(values.map((value) => (value - mean) ** 2))
}

function standardised(values: Float64Array): Float64Array {
  const [mean, sd] = [average(values), Math.sqrt(variance(values))]
  return values.map((value) => (value - mean) / sd)
}

/** On the pair whose single runs carry their outcome; the baseline says its mean for every task. */
function resolvedQuality(dataset: Dataset, { sizes }: HeldOut): Evaluation['resolved'] {
  const pair = dataset.spend.findIndex((rows) =>
    [...rows.values()].every(({ runs, resolved }) => runs === 1 && resolved !== null),
  )
  const rows = [...(dataset.spend[pair] ?? [])]
  if (rows.length === 0) return null
  const state = fitResolved(dataset, sizes)
  const outcomes = rows.map(([, { resolved }]) => resolved ?? 0)
  const forecast = rows.map(([t]) => resolveProbability(state, pair, sizes[t] as number) ?? 0)
  const rate = outcomes.reduce((sum, outcome) => sum + outcome, 0) / outcomes.length
  return {
    pair: `${dataset.pairs[pair]?.agent} ${dataset.pairs[pair]?.model}`,
    brier: brierScore(forecast, outcomes),
    baseline: brierScore(
      outcomes.map(() => rate),
      outcomes,
    ),
    reliability: reliabilityTable(forecast, outcomes, 5),
  }
}
