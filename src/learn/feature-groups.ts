import type { DenseGroup } from '../features/features.ts'
import { EXTRACTORS } from '../features/features.ts'
import { bootstrapInterval } from '../metrics/bootstrap.ts'
import { pearsonOfRows } from '../metrics/pearson-rows.ts'
import { fromRows, type Matrix, select, selectRows } from '../regress/matrix.ts'
import { ridge } from '../regress/ridge.ts'
import { standardised } from '../regress/standardise.ts'
import type { Estimated } from './correlation.ts'
import { type Dataset, QUANTITIES, type Quantity, tokensOf } from './dataset.ts'
import type { OnProgress } from './evaluate.ts'
import { ISSUE_ONLY } from './fit.ts'
import type { Fold } from './folds.ts'

/**
 * The groups of the consumption study: P = the problem's text as numbers; T = calls of tools, which are known only after
 * the run; D = difficulty as people see it, who know the fix; R = the repository at the commit. Only P and R can foretell.
 */
export const FEATURE_GROUPS = ['P', 'PR', 'PT', 'PTD', 'PTDR'] as const
export type FeatureGroup = (typeof FEATURE_GROUPS)[number]

/** What groups of features are worth for one agent and model. */
export interface FeatureGroupResult {
  readonly name: string
  /** Tasks whose calls and difficulty are known, on which every group is tried. */
  readonly tasks: number
  /** Pearson r of log10 tokens out of fold, with its bootstrap interval over tasks. */
  readonly r: Readonly<Record<FeatureGroup, Readonly<Record<Quantity, Estimated>>>>
}

/** Grade of the difficulty of a task by its id; null = not graded. */
export type GradeOf = (task: string) => number | null

const PENALTY = 300
/** Of the few features known after the run, which would else be shrunk with the hundred others. */
const FEW_PENALTY = 1
const LEAST_TASKS = 100
const [RESAMPLES, SEED] = [500, 1]

/**
 * Ridge regressions of log tokens on each group, task by task out of fold, for every pair with enough tasks. One learner
 * for all groups: what differs is what it is told.
 */
export async function compareFeatureGroups(
  dataset: Dataset,
  { folds, gradeOf }: { readonly folds: readonly Fold[]; readonly gradeOf: GradeOf },
  onProgress: OnProgress = async () => {},
): Promise<readonly FeatureGroupResult[]> {
  const results: FeatureGroupResult[] = []
  for (const [pair, { agent, model }] of dataset.pairs.entries()) {
    await onProgress(pair, dataset.pairs.length)
    const rows = rowsOf(dataset, pair, gradeOf)
    if (rows.tasks.length < LEAST_TASKS) continue
    const r = FEATURE_GROUPS.map((group) => [group, tried(dataset, rows, { group, folds })] as const)
    results.push({
      name: `${agent} · ${model}`,
      tasks: rows.tasks.length,
      r: Object.fromEntries(r) as FeatureGroupResult['r'],
    })
  }
  return results
}

/** Tasks with what is known after the run. */
interface Rows {
  /** Indices in the dataset. */
  readonly tasks: readonly number[]
  readonly logCalls: readonly number[]
  readonly grades: readonly number[]
  readonly targets: Readonly<Record<Quantity, Float64Array>>
}

function rowsOf({ tasks, spend }: Dataset, pair: number, gradeOf: GradeOf): Rows {
  const known = [...(spend[pair] ?? [])].flatMap(([task, row]) => {
    const grade = gradeOf(tasks[task]?.id ?? '')
    return row.calls === null || row.calls <= 0 || grade === null ? [] : [{ task, row, grade }]
  })
  const target = (quantity: Quantity) =>
    Float64Array.from(known, ({ row }) => Math.log10(tokensOf(row, quantity)))
  return {
    tasks: known.map(({ task }) => task),
    logCalls: known.map(({ row }) => Math.log10(row.calls as number)),
    grades: known.map(({ grade }) => grade),
    targets: { output: target('output'), total: target('total') },
  }
}

function tried(
  dataset: Dataset,
  rows: Rows,
  { group, folds }: { readonly group: FeatureGroup; readonly folds: readonly Fold[] },
): Readonly<Record<Quantity, Estimated>> {
  const places = new Map(rows.tasks.map((task, place) => [task, place]))
  const held = folds.map((fold) => fold.flatMap((task) => places.get(task) ?? []))
  const stages = [
    { x: afterwardsTable(rows, group), penalty: FEW_PENALTY },
    { x: beforehandTable(dataset, rows, group), penalty: PENALTY },
  ].filter(({ x }) => x.columns > 0)
  const found = QUANTITIES.map((quantity) => {
    const actual = rows.targets[quantity]
    const predicted = outOfFold(stages, actual, held)
    const statistic = (drawn: readonly number[]) => pearsonOfRows(actual, predicted, drawn)
    const params = { rows: actual.length, resamples: RESAMPLES, seed: SEED }
    return [quantity, bootstrapInterval(statistic, params)] as const
  })
  return Object.fromEntries(found) as Record<Quantity, Estimated>
}

const ISSUE_GROUPS = Object.keys(ISSUE_ONLY.weights.dense) as readonly DenseGroup[]

/** P and R: the columns known before the run; NaN = not to be had. */
function beforehandTable({ tasks }: Dataset, rows: Rows, group: FeatureGroup): Matrix {
  const all = Object.keys(EXTRACTORS) as DenseGroup[]
  const repositories = [...new Set(tasks.map(({ repository }) => repository))].sort()
  const dense = group.includes('R') ? all : ISSUE_GROUPS
  return fromRows(
    rows.tasks.map((task) => {
      const { features, repository } = tasks[task] as Dataset['tasks'][number]
      return [
        ...dense.flatMap((name) => features.dense[name].map((value) => value ?? Number.NaN)),
        ...(group.includes('R') ? repositories.map((name) => Number(name === repository)) : []),
      ]
    }),
  )
}

/** T and D: the columns known after it. */
const afterwardsTable = ({ logCalls, grades }: Rows, group: FeatureGroup): Matrix =>
  fromRows(
    logCalls.map((calls, i) => [
      ...(group.includes('T') ? [calls] : []),
      ...(group.includes('D') ? [grades[i] as number] : []),
    ]),
  )

/** A table of features and how much its weights are held back. */
interface Stage {
  readonly x: Matrix
  readonly penalty: number
}

/** Each stage learns what those before it left over. */
function outOfFold(
  stages: readonly Stage[],
  y: Float64Array,
  folds: readonly (readonly number[])[],
): Float64Array {
  const learner = standardised(ridge)
  const predicted = new Float64Array(y.length)
  for (const fold of folds.filter(({ length }) => length > 0)) {
    const held = new Set(fold)
    const train = [...y.keys()].filter((row) => !held.has(row))
    let left = select(y, train)
    for (const { x, penalty } of stages) {
      const state = learner.fit(selectRows(x, train), left, { penalty })
      const [seen, unseen] = [train, fold].map((rows) => learner.predict(state, selectRows(x, rows)))
      left = left.map((value, i) => value - (seen?.[i] as number))
      for (const [i, row] of fold.entries())
        predicted[row] = (predicted[row] as number) + (unseen?.[i] as number)
    }
  }
  return predicted
}
