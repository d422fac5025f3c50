import { pearsonOfRows } from '../metrics/pearson-rows.ts'
import { type ColdStart, coldModel, coldRepository, KNOWN_OF_MODEL, KNOWN_TASKS } from './cold-start.ts'
import { type Correlations, correlationsOf, SCALES, type Scale } from './correlation.ts'
import { type Dataset, QUANTITIES, type Quantity, targetsOf } from './dataset.ts'
import { ISSUE_ONLY, type Targets, WITH_REPOSITORY } from './fit.ts'
import { crossPredict, type Fold, type Step } from './folds.ts'
import { columnOf, meanR } from './mean-r.ts'
import { type RangeQuality, rangeQuality } from './ranges.ts'
import { type ResolvedQuality, resolvedQuality } from './resolved-quality.ts'
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
  readonly resolved: ResolvedQuality | null
}

export interface EvaluationFolds {
  readonly taskCv: readonly Fold[]
  readonly repoOut: readonly Fold[]
}

/** Awaited with the work done and all of it, in fits; it may throw, to stop. */
export type OnProgress = (done: number, all: number) => Promise<void>

const AGENT = 'openhands'

/** The protocol of the README on a dataset: every forecast is by a forecaster that saw nothing of the fold. */
export async function evaluate(
  dataset: Dataset,
  folds: EvaluationFolds,
  onProgress: OnProgress,
): Promise<Evaluation> {
  const targets = { output: targetsOf(dataset, 'output'), total: targetsOf(dataset, 'total') }
  const pairs = dataset.pairs.flatMap(({ agent }, index) => (agent === AGENT ? [index] : []))
  const step = stepper(folds, pairs.length, onProgress)
  const subject = { dataset, targets, pairs }
  const [ids, repositories] = [
    dataset.tasks.map(({ id }) => id),
    dataset.tasks.map((task) => task.repository),
  ]
  const taskCv = await protocolOf(subject, folds.taskCv, ids, step)
  const repoOut = await protocolOf(subject, folds.repoOut, repositories, step)
  const cold = { ...subject, recipe: { ...WITH_REPOSITORY, hints: false } }
  return {
    schema: 'evaluation/1',
    data: dataset.hash,
    agent: AGENT,
    models: pairs.map((pair) => dataset.pairs[pair]?.model ?? ''),
    tasks: dataset.tasks.length,
    taskCv: taskCv.result,
    repoOut: repoOut.result,
    coldRepository: await coldRepository({ ...cold, folds: folds.repoOut }, step),
    coldModel: await coldModel({ ...cold, folds: folds.taskCv }, step),
    ceiling: { output: ceilingOf(subject, 'output'), total: ceilingOf(subject, 'total') },
    resolved: await resolvedQuality(dataset, taskCv.heldOut, folds.taskCv, step),
  }
}

function stepper({ taskCv, repoOut }: EvaluationFolds, pairs: number, onProgress: OnProgress): Step {
  const draws = 1 + (KNOWN_TASKS.length - 1) * 3
  const all = (3 + KNOWN_OF_MODEL.length * pairs) * taskCv.length + (2 + draws) * repoOut.length
  let done = 0
  return () => onProgress(++done, all)
}

interface Subject {
  readonly dataset: Dataset
  readonly targets: Targets
  readonly pairs: readonly number[]
}

async function protocolOf(
  { dataset, targets, pairs }: Subject,
  folds: readonly Fold[],
  groups: readonly string[],
  step: Step,
) {
  const heldOut = await crossPredict(dataset, targets, folds, WITH_REPOSITORY, step)
  const issue = await crossPredict(dataset, targets, folds, { ...ISSUE_ONLY, hints: false }, step)
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
function ceilingOf({ dataset, targets, pairs }: Subject, quantity: Quantity) {
  const columns = pairs.map((pair) => columnOf(dataset, targets[quantity], pair))
  const rows = [...dataset.tasks.keys()]
  const noise = runNoiseOf(dataset, quantity)
  const others = columns.map((own, i) => {
    const rest = columns.filter((_, j) => j !== i).map(standardised)
    const mean = own.map((_, t) => average(rest.map((column) => column[t] as number)))
    return pearsonOfRows(own, mean, rows)
  })
  const repeats = columns.map((own, i) => {
    const pair = pairs[i] as number
    const runs = dataset.spend[pair]?.values().next().value?.runs ?? 1
    return Math.sqrt(Math.max(0, 1 - (noise[pair] as number) ** 2 / runs / variance(own)))
  })
  return { otherModels: average(others), repeats: average(repeats) }
}

/** The mean of the values that are there. */
function average(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}

function variance(values: Float64Array): number {
  const mean = average(values)
  return average(values.map((value) => (value - mean) ** 2))
}

function standardised(values: Float64Array): Float64Array {
  const [mean, sd] = [average(values), Math.sqrt(variance(values))]
  return values.map((value) => (value - mean) / sd)
}
