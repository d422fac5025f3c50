import type { PairFacts } from '../forecast/bundle.ts'
import { encoderOf } from '../forecast/encoding.ts'
import { hintsOf, selfForecastScale } from '../forecast/self-forecast.ts'
import type { Matrix } from '../regress/matrix.ts'
import { predictPooled } from '../regress/pooled.ts'
import { sparseDot } from '../regress/sparse-vector.ts'
import { type Dataset, QUANTITIES, type Quantity } from './dataset.ts'
import { fitHead, type Head, type Recipe, type Targets } from './fit.ts'
import { selfForecastOf } from './spend.ts'

/** Indices of the tasks held out together. */
export type Fold = readonly number[]

/** Forecasts of tasks by a forecaster that was not trained on them. */
export interface HeldOut {
  /** log10 tokens, tasks × pairs, row-major; NaN = not forecast. */
  readonly plain: Targets
  /** The same with each model's own forecast as a hint; NaN where there is none. */
  readonly hinted: Targets
  /** The shared size by total tokens of each task, in standard deviations. */
  readonly sizes: Float64Array
}

/** A head with the scales of the self-forecasts it was fitted with. */
export interface FittedHead {
  readonly head: Head
  readonly scales: readonly PairFacts['selfForecast'][]
}

/** Fits on the tasks of `train` only. */
export function fitOn(
  dataset: Dataset,
  targets: Targets,
  train: readonly number[],
  recipe: Recipe,
): FittedHead {
  const pairs = dataset.pairs.length
  const pick = (quantity: Quantity) => {
    const values = new Float64Array(train.length * pairs)
    train.forEach((t, i) => {
      values.set(targets[quantity].subarray(t * pairs, (t + 1) * pairs), i * pairs)
    })
    return values
  }
  const tasks = train.map((t) => dataset.tasks[t] as Dataset['tasks'][number])
  const scales = dataset.spend.map((_, p) =>
    recipe.hints ? selfForecastScale(train.flatMap((t) => selfForecast(dataset, t, p) ?? [])) : null,
  )
  const hints = scales.map((scale, p) => (scale === null ? null : hintTable(dataset, train, p, scale)))
  return {
    head: fitHead({ tasks, targets: { output: pick('output'), total: pick('total') }, pairs, hints }, recipe),
    scales,
  }
}

function selfForecast({ spend }: Dataset, task: number, pair: number) {
  const row = spend[pair]?.get(task)
  return row === undefined ? null : selfForecastOf(row)
}

function hintTable(
  dataset: Dataset,
  train: readonly number[],
  pair: number,
  scale: PairFacts['selfForecast'],
): Matrix {
  const rows = train.map((t) => hintsOf(selfForecast(dataset, t, pair), scale) ?? [Number.NaN, Number.NaN])
  return { rows: train.length, columns: 2, values: Float64Array.from(rows.flat()) }
}

/** Tasks not in a fold. */
export function outside(dataset: Dataset, fold: Fold): readonly number[] {
  const held = new Set(fold)
  return dataset.tasks.map((_, t) => t).filter((t) => !held.has(t))
}

/** No forecast yet. */
export function nothingHeldOut({ tasks, pairs }: Dataset): HeldOut {
  const blank = () => new Float64Array(tasks.length * pairs.length).fill(Number.NaN)
  return {
    plain: { output: blank(), total: blank() },
    hinted: { output: blank(), total: blank() },
    sizes: new Float64Array(tasks.length).fill(Number.NaN),
  }
}

/** Writes the forecasts of `tasks` by a fitted head into `into`. */
export function forecastInto(
  into: HeldOut,
  dataset: Dataset,
  { head, scales }: FittedHead,
  tasks: readonly number[],
): void {
  const encoder = encoderOf(head.encoding)
  const pairs = dataset.pairs.length
  for (const t of tasks) {
    const row = encoder.encode(dataset.tasks[t] as Dataset['tasks'][number])
    into.sizes[t] = sparseDot(row, head.quantities.total.shared)
    for (let p = 0; p < pairs; p++) {
      const hints = hintsOf(selfForecast(dataset, t, p), scales[p])
      for (const quantity of QUANTITIES) {
        const state = head.quantities[quantity]
        into.plain[quantity][t * pairs + p] = predictPooled(state, row, p)
        if (hints) into.hinted[quantity][t * pairs + p] = predictPooled(state, row, p, hints)
      }
    }
  }
}

/** Awaited after each fit, so that long work can be shown, and stopped by throwing. */
export type Step = () => Promise<void>

/** Every task forecast by a fit on the other folds. */
export async function crossPredict(
  dataset: Dataset,
  targets: Targets,
  folds: readonly Fold[],
  recipe: Recipe,
  step: Step = async () => {},
): Promise<HeldOut> {
  const heldOut = nothingHeldOut(dataset)
  for (const fold of folds) {
    forecastInto(heldOut, dataset, fitOn(dataset, targets, outside(dataset, fold), recipe), fold)
    await step()
  }
  return heldOut
}

/** Turns folds of task ids into folds of indices; ids that the dataset lacks are left out. */
export function foldsOf(dataset: Dataset, ids: readonly (readonly string[])[]): readonly Fold[] {
  const index = new Map(dataset.tasks.map(({ id }, t) => [id, t]))
  return ids.map((fold) => fold.flatMap((id) => index.get(id) ?? []))
}
