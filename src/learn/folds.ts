import { encoderOf } from '../forecast/encoding.ts'
import { sparseDot } from '../regress/sparse-vector.ts'
import { type Dataset, QUANTITIES, type Quantity, targetsOf } from './dataset.ts'
import { fitHead, type Head, predictHead, type Recipe, type Targets } from './fit.ts'

/** Indices of the tasks held out together. */
export type Fold = readonly number[]

/** Forecasts of tasks by a forecaster that was not trained on them. */
export interface HeldOut {
  /** log10 tokens, tasks × pairs, row-major. */
  readonly predicted: Targets
  /** The shared size by total tokens of each task, in standard deviations. */
  readonly sizes: Float64Array
}

/** Fits on the tasks of `train` only. */
export function fitOn(dataset: Dataset, targets: Targets, train: readonly number[], recipe: Recipe): Head {
  const pairs = dataset.pairs.length
  const pick = (quantity: Quantity) => {
    const values = new Float64Array(train.length * pairs)
    train.forEach((t, i) => {
      values.set(targets[quantity].subarray(t * pairs, (t + 1) * pairs), i * pairs)
    })
    return values
  }
  const tasks = train.map((t) => dataset.tasks[t] as Dataset['tasks'][number])
  return fitHead(tasks, { output: pick('output'), total: pick('total') }, pairs, recipe)
}

/** Tasks not in a fold. */
export function outside(dataset: Dataset, fold: Fold): readonly number[] {
  const held = new Set(fold)
  return dataset.tasks.map((_, t) => t).filter((t) => !held.has(t))
}

/** Every task forecast by a fit on the other folds. */
export function crossPredict(dataset: Dataset, folds: readonly Fold[], recipe: Recipe): HeldOut {
  const pairs = dataset.pairs.length
  const targets = { output: targetsOf(dataset, 'output'), total: targetsOf(dataset, 'total') }
  const predicted = { output: new Float64Array(targets.output.length), total: new Float64Array(targets.total.length) }
  const sizes = new Float64Array(dataset.tasks.length)
  for (const fold of folds) {
    const head = fitOn(dataset, targets, outside(dataset, fold), recipe)
    const encoder = encoderOf(head.encoding)
    const tasks = fold.map((t) => dataset.tasks[t] as Dataset['tasks'][number])
    for (const quantity of QUANTITIES) {
      const values = predictHead(head, encoder, tasks, quantity)
      fold.forEach((t, i) => {
        predicted[quantity].set(values.subarray(i * pairs, (i + 1) * pairs), t * pairs)
      })
    }
    fold.forEach((t, i) => {
      sizes[t] = sparseDot(encoder.encode(tasks[i] as Dataset['tasks'][number]), head.quantities.total.shared)
    })
  }
  return { predicted, sizes }
}

/** Turns folds of task ids into folds of indices; ids that the dataset lacks are left out. */
export function foldsOf(dataset: Dataset, ids: readonly (readonly string[])[]): readonly Fold[] {
  const index = new Map(dataset.tasks.map(({ id }, t) => [id, t]))
  return ids.map((fold) => fold.flatMap((id) => index.get(id) ?? []))
}
