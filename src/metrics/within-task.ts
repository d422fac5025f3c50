import { KnownError } from '../errors.ts'
import { clusterSizes, clusterSums, clustersOf, type Numbered } from './cluster-codes.ts'
import type { Estimate } from './clustered-estimate.ts'
import { clusteredMean } from './clustered-mean.ts'
import { checkPairs } from './pairs.ts'

/** How much the runs of each task differ, one entry per task; NaN = not known. */
export interface TaskSpread {
  /** The code of each task, ascending. */
  readonly tasks: Int32Array
  readonly runs: Int32Array
  readonly mean: Float64Array
  /** With runs − 1; not known for a single run. */
  readonly sd: Float64Array
  /** sd / mean; not known for a single run or a mean that is not above 0. */
  readonly cv: Float64Array
  /** Largest over smallest run; not known for a single run or a smallest that is not above 0. */
  readonly maxOverMin: Float64Array
}

/** Run-to-run spread of an amount inside each task. */
export function withinTask(values: ArrayLike<number>, codes: ArrayLike<number>): TaskSpread {
  checkPairs(values, codes)
  const clusters = clustersOf(codes)
  const runs = clusterSizes(clusters)
  const mean = clusterSums(values, clusters).map((total, t) => total / (runs[t] as number))
  const sd = deviations(values, mean, clusters).map((squares, t) =>
    Math.sqrt(squares / ((runs[t] as number) - 1)),
  )
  const [least, most] = extremes(values, clusters)
  const repeated = (t: number, positive: number, value: number): number =>
    (runs[t] as number) > 1 && positive > 0 ? value : Number.NaN
  return {
    tasks: clusters.codes,
    runs,
    mean,
    sd,
    cv: sd.map((deviation, t) => repeated(t, mean[t] as number, deviation / (mean[t] as number))),
    maxOverMin: most.map((high, t) => repeated(t, least[t] as number, high / (least[t] as number))),
  }
}

/** Within-task coefficient of variation over many tasks. */
export interface WithinTaskCv extends Estimate {
  /** Root of the mean of cv², each task weighted by its runs − 1. */
  readonly pooled: number
  /** Tasks of a single run, or without an amount above 0. */
  readonly leftOut: number
}

/** The mean over tasks of sd / mean, its t interval over tasks, and the pooled value. */
export function withinTaskCv({ cv, runs }: TaskSpread, level = 0.95): WithinTaskCv {
  const known = Int32Array.from(cv.keys()).filter((t) => !Number.isNaN(cv[t]))
  if (known.length < 2) throw new KnownError('too-little-data', `${known.length} tasks with repeats`)
  let [squares, weights] = [0, 0]
  for (const t of known) {
    const weight = (runs[t] as number) - 1
    squares += weight * (cv[t] as number) ** 2
    weights += weight
  }
  const each = Float64Array.from(known, (t) => cv[t] as number)
  const mean = clusteredMean(each, known, level)
  return { ...mean, pooled: Math.sqrt(squares / weights), leftOut: cv.length - known.length }
}

/** Σ (value − mean)² of each task. */
function deviations(values: ArrayLike<number>, mean: Float64Array, { of, count }: Numbered): Float64Array {
  const squares = new Float64Array(count)
  for (let i = 0; i < of.length; i++) {
    const t = of[i] as number
    squares[t] = (squares[t] as number) + ((values[i] as number) - (mean[t] as number)) ** 2
  }
  return squares
}

function extremes(
  values: ArrayLike<number>,
  { of, count }: Numbered,
): [least: Float64Array, most: Float64Array] {
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  const most = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  for (let i = 0; i < of.length; i++) {
    const [t, value] = [of[i] as number, values[i] as number]
    if (value < (least[t] as number)) least[t] = value
    if (value > (most[t] as number)) most[t] = value
  }
  return [least, most]
}
