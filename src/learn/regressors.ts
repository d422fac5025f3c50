import type { DenseGroup } from '../features/features.ts'
import { EXTRACTORS } from '../features/features.ts'
import { pearson } from '../metrics/pearson.ts'
import type { Estimator } from '../regress/estimator.ts'
import { gradientBoosting } from '../regress/gradient-boosting.ts'
import { groupMean } from '../regress/group-mean.ts'
import { kernelRidge } from '../regress/kernel-ridge.ts'
import { leastSquares } from '../regress/least-squares.ts'
import { fromRows, type Matrix, select, selectColumns, selectRows } from '../regress/matrix.ts'
import { median } from '../regress/median.ts'
import { quantileNetwork } from '../regress/quantile-network.ts'
import { ridge } from '../regress/ridge.ts'
import { standardised } from '../regress/standardise.ts'
import { loadTensorFlow } from '../regress/tensorflow.ts'
import type { Dataset, Quantity } from './dataset.ts'
import type { Targets } from './fit.ts'
import { type Fold, outside } from './folds.ts'

/** How well a regressor forecasts the shared size of a task (the mean over models, in standard deviations). */
export interface RegressorResult {
  readonly name: string
  readonly taskCv: Readonly<Record<Quantity, number | null>>
  readonly repoOut: Readonly<Record<Quantity, number | null>>
}

/** A learner with its parameters, as a function of training rows and test rows. */
interface Regressor {
  readonly name: string
  readonly predict: (x: Matrix, y: Float64Array, test: Matrix) => Promise<Float64Array>
}

const SEED = 1

function learner<P, S>(name: string, { fit, predict }: Estimator<P, S>, params: P): Regressor {
  return { name, predict: async (x, y, test) => predict(fit(x, y, params), test) }
}

/** Least squares has no answer for more features than tasks, and a poor one for nearly as many. */
const FEW = 40

function onFirst(columns: number, { name, predict }: Regressor): Regressor {
  const first = (x: Matrix) =>
    selectColumns(
      x,
      Array.from({ length: columns }, (_, j) => j),
    )
  return { name, predict: (x, y, test) => predict(first(x), y, first(test)) }
}

function regressors(columns: number, repository: number): readonly Regressor[] {
  const every = Array.from({ length: columns }, (_, j) => j)
  const trees = { seed: SEED, maxLeaves: 8, rounds: 100, learningRate: 0.05 } as const
  return [
    learner('median', median, {}),
    learner('mean of the repository', groupMean, { column: repository }),
    onFirst(
      FEW,
      learner(`least squares (ml-regression), first ${FEW} features`, standardised(leastSquares), {}),
    ),
    learner('ridge', standardised(ridge), { penalty: 300 }),
    learner('kernel ridge, RBF', standardised(kernelRidge), {
      penalty: 1,
      kernel: [{ kind: 'rbf', columns: every, weight: 1, gamma: 0.5 / columns }],
    }),
    learner('gradient boosting, squared loss', gradientBoosting, { ...trees, loss: { kind: 'squared' } }),
    learner('gradient boosting, median', gradientBoosting, {
      ...trees,
      loss: { kind: 'pinball', level: 0.5 },
    }),
    { name: 'quantile network (TensorFlow.js)', predict: network },
  ]
}

async function network(x: Matrix, y: Float64Array, test: Matrix): Promise<Float64Array> {
  const { fit, predict } = standardised(quantileNetwork(await loadTensorFlow()))
  return predict(fit(x, y, { levels: [0.1, 0.5, 0.9], seed: SEED, hidden: [16], epochs: 40, l2: 0.01 }), test)
}

export interface RegressorFolds {
  readonly taskCv: readonly Fold[]
  readonly repoOut: readonly Fold[]
}

/** Every regressor on the same dense features and folds; r with the actual shared size. Words are left out. */
export async function compareRegressors(
  dataset: Dataset,
  targets: Targets,
  folds: RegressorFolds,
  step: (name: string) => void,
): Promise<readonly RegressorResult[]> {
  const x = denseTable(dataset)
  const results: RegressorResult[] = []
  for (const { name, predict } of regressors(x.columns - 1, x.columns - 1)) {
    const rOf = async (which: readonly Fold[], quantity: Quantity) => {
      const y = sizes(dataset, targets[quantity])
      return correlation(y, await crossFit(dataset, { x, y }, which, predict))
    }
    const over = async (which: readonly Fold[]) => ({
      output: await rOf(which, 'output'),
      total: await rOf(which, 'total'),
    })
    results.push({ name, taskCv: await over(folds.taskCv), repoOut: await over(folds.repoOut) })
    step(name)
  }
  return results
}

/** Dense features, NaN = not to be had; the last column numbers the repository. */
function denseTable({ tasks }: Dataset): Matrix {
  const groups = Object.keys(EXTRACTORS) as DenseGroup[]
  const names = [...new Set(tasks.map(({ repository }) => repository))].sort()
  return fromRows(
    tasks.map(({ features, repository }) => [
      ...groups.flatMap((group) => features.dense[group].map((value) => value ?? Number.NaN)),
      names.indexOf(repository),
    ]),
  )
}

/** The mean over pairs of log10 tokens in standard deviations of the pair. */
function sizes({ tasks, pairs }: Dataset, target: Float64Array): Float64Array {
  const columns = pairs.map((_, p) =>
    Float64Array.from(tasks, (_task, t) => target[t * pairs.length + p] as number),
  )
  const scaled = columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length
    const sd = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length)
    return column.map((value) => (value - mean) / sd)
  })
  return Float64Array.from(
    tasks,
    (_, t) => scaled.reduce((sum, column) => sum + (column[t] as number), 0) / pairs.length,
  )
}

async function crossFit(
  dataset: Dataset,
  { x, y }: { readonly x: Matrix; readonly y: Float64Array },
  folds: readonly Fold[],
  predict: Regressor['predict'],
): Promise<Float64Array> {
  const predicted = new Float64Array(y.length)
  for (const fold of folds) {
    const train = outside(dataset, fold)
    const values = await predict(selectRows(x, train), select(y, train), selectRows(x, fold))
    for (const [i, t] of fold.entries()) predicted[t] = values[i] as number
  }
  return predicted
}

/** Null for forecasts without spread. */
function correlation(actual: Float64Array, predicted: Float64Array): number | null {
  const first = predicted[0]
  return predicted.every((value) => value === first) ? null : pearson(actual, predicted)
}
