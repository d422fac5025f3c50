import { KnownError } from '../errors.ts'
import { plain } from './estimator.ts'
import { checkRange, checkTraining } from './training-data.ts'

/** Out-of-fold predictions and what came of them, in the units of the target (log10 tokens, say), row by row. */
export interface CalibrationRows {
  readonly actual: Float64Array
  readonly predicted: Float64Array
  /** The task of each row: rows of a task share one vote. */
  readonly tasks: readonly (string | number)[]
  /** A predicted spread per row, > 0: residuals are then in units of it (normalised conformal, Papadopoulos 2008). */
  readonly spreads?: Float64Array
}

/** The distribution of a residual: at `levels[k]` its quantile is `residuals[k]`; both ascend. Plain JSON. */
export interface ResidualQuantiles {
  readonly tasks: number
  readonly levels: readonly number[]
  readonly residuals: readonly number[]
}

const STEPS = 200

/**
 * Split or cross-conformal quantiles of `(actual − predicted) / spread`. Every task weighs 1 and one more stands for the
 * task to come (hierarchical conformal prediction; Dunn, Wasserman and Ramdas 2022; Lee, Barber and Willett 2023): at
 * p > ½ the least residual with weight ≥ p (T + 1) at or below it, mirrored at p < ½. Only levels T tasks can reach,
 * 1/(T+1) to T/(T+1), are listed, in steps of 1/200.
 */
export function calibrate(rows: CalibrationRows): ResidualQuantiles {
  const sorted = weighted(rows).sort((a, b) => a.residual - b.residual)
  const mirrored = sorted.map(({ residual, weight }) => ({ residual: -residual, weight })).reverse()
  const tasks = new Set(rows.tasks).size
  const all = Array.from({ length: STEPS - 1 }, (_, k) => (k + 1) / STEPS)
  const levels = all.filter((p) => Math.max(p, 1 - p) * (tasks + 1) <= tasks + SLACK)
  const residuals = levels.map((p) => {
    if (p > 0.5) return reach(sorted, p * (tasks + 1))
    if (p < 0.5) return -reach(mirrored, (1 - p) * (tasks + 1))
    return (reach(sorted, (tasks + 1) / 2) - reach(mirrored, (tasks + 1) / 2)) / 2
  })
  return { tasks, levels, residuals: plain(residuals) }
}

/** The p-quantile of the residual, linear between listed levels; 'too-little-data' where too few tasks can tell. */
export function residualQuantile(state: ResidualQuantiles, p: number): number {
  checkRange('the level', p, [0, 1])
  const above = state.levels.findIndex((level) => level >= p)
  const exact = state.levels[above] === p
  if (above < 0 || (above === 0 && !exact)) {
    const needed = Math.ceil(Math.max(p, 1 - p) / Math.min(p, 1 - p) - SLACK)
    throw new KnownError(
      'too-little-data',
      `the ${p} quantile needs ${needed} tasks, there are ${state.tasks}`,
    )
  }
  const high = state.residuals[above] as number
  if (exact) return high
  const [from, to] = [state.levels[above - 1] as number, state.levels[above] as number]
  const low = state.residuals[above - 1] as number
  return low + ((p - from) / (to - from)) * (high - low)
}

/** The p-quantile of the target: prediction + spread × residual quantile; spread is 1 unless calibrated with spreads. */
export const calibratedQuantile = (
  state: ResidualQuantiles,
  { prediction, spread = 1 }: { readonly prediction: number; readonly spread?: number },
  p: number,
): number => prediction + spread * residualQuantile(state, p)

/** The probability that the residual is at most `residual`: the inverse of `residualQuantile`, held to its levels. */
export function residualLevel(state: ResidualQuantiles, residual: number): number {
  const first = state.levels[0] as number
  const last = state.residuals.findLastIndex((each) => each <= residual)
  if (last < 0) return first
  const level = state.levels[last] as number
  const next = state.levels[last + 1]
  if (next === undefined) return level
  const [low, high] = [state.residuals[last] as number, state.residuals[last + 1] as number]
  return level + ((residual - low) / (high - low)) * (next - level)
}

/** p (T + 1) is a whole number where it should be, in spite of rounding. */
const SLACK = 1e-9

interface Weighted {
  readonly residual: number
  readonly weight: number
}

function weighted({ actual, predicted, tasks, spreads }: CalibrationRows): Weighted[] {
  checkTraining({ rows: tasks.length }, actual)
  checkTraining({ rows: tasks.length }, predicted)
  if (spreads) checkTraining({ rows: tasks.length }, spreads)
  const counts = new Map<string | number, number>()
  for (const task of tasks) counts.set(task, (counts.get(task) ?? 0) + 1)
  return tasks.map((task, i) => {
    const spread = spreads ? (spreads[i] as number) : 1
    checkRange(`the spread of row ${i}`, spread, [Number.MIN_VALUE, Number.MAX_VALUE])
    const residual = ((actual[i] as number) - (predicted[i] as number)) / spread
    return { residual, weight: 1 / (counts.get(task) as number) }
  })
}

/** The least residual at or below which lies at least this much weight. */
function reach(sorted: readonly Weighted[], weight: number): number {
  let sum = 0
  for (const each of sorted) {
    sum += each.weight
    if (sum >= weight - SLACK) return each.residual
  }
  return (sorted.at(-1) as Weighted).residual
}
