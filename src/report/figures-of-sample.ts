import { clusterBootstrap } from '../metrics/cluster-bootstrap.ts'
import { clusteredMean } from '../metrics/clustered-mean.ts'
import { clusteredRate } from '../metrics/clustered-rate.ts'
import { clusteredRatio } from '../metrics/clustered-ratio.ts'
import { attempt, measured, unsaid } from './cells.ts'
import type { Measured, Unsaid } from './document.ts'
import { along, countTasks, type Sample } from './sample.ts'

const RESAMPLES = 2000
const DRAWS = 500_000
const SEED = 1

/** The share of runs with value 1; by tasks where they have repeats. */
export function rateOf({ values, tasks }: Pick<Sample, 'values' | 'tasks'>): Measured | Unsaid {
  const n = values.length
  if (n === 0) return unsaid('no run where it is known')
  const found = attempt(() => clusteredRate(values, tasks))
  return measured(values.reduce((sum, value) => sum + value, 0) / n, 'unsaid' in found ? null : found, n)
}

/** The mean over runs, with the interval by tasks (clustered standard error, t). */
export function meanOf({ values, tasks }: Pick<Sample, 'values' | 'tasks'>): Measured | Unsaid {
  const n = values.length
  if (n === 0) return unsaid('no run where it is known')
  const found = attempt(() => clusteredMean(values, tasks))
  if (!('unsaid' in found)) return measured(found.estimate, found, n)
  return measured(values.reduce((sum, value) => sum + value, 0) / n, null, n)
}

/** `scale` × the sum of the sample over the sum of another column, with the interval by tasks. */
export function ratioOf(sample: Sample, below: Float64Array, scale = 1): Measured | Unsaid {
  const denominators = along(sample, below)
  const sum = denominators.reduce((total, value) => total + value, 0)
  if (sample.values.length === 0) return unsaid('no run where both are known')
  if (sum === 0) return unsaid('nothing to divide by')
  const top = sample.values.reduce((total, value) => total + value, 0)
  const found = attempt(() =>
    clusteredRatio({ numerators: sample.values, denominators, codes: sample.tasks }),
  )
  const scaled = (value: number) => value * scale
  if ('unsaid' in found) return measured(scaled(top / sum), null, sample.values.length)
  return measured(
    scaled(found.estimate),
    { low: scaled(found.low), high: scaled(found.high) },
    sample.values.length,
  )
}

/** The mean of the runs that are marked over the mean of those that are not, with the interval by tasks. */
export function meanRatioOf({ values, tasks }: Sample, marks: Float64Array): Measured | Unsaid {
  const marked = marks.reduce((sum, mark) => sum + mark, 0)
  if (marked === 0 || marked === marks.length) return unsaid('all runs are of one kind')
  const columns = [
    values.map((value, i) => value * (marks[i] as number)),
    marks,
    values.map((value, i) => value * (1 - (marks[i] as number))),
    marks.map((mark) => 1 - mark),
  ]
  const ratio = (sums: ArrayLike<number>) =>
    (sums[0] as number) / (sums[1] as number) / ((sums[2] as number) / (sums[3] as number))
  const sums = columns.map((column) => column.reduce((sum, value) => sum + value, 0))
  const found = attempt(() =>
    clusterBootstrap({ columns, codes: tasks }, ratio, { resamples: resamplesFor(tasks), seed: SEED }),
  )
  return measured(ratio(sums), 'unsaid' in found ? null : found, values.length)
}

/** Fewer where there are many tasks, which steady each of them: the work is bounded. */
const resamplesFor = (tasks: Int32Array): number =>
  Math.max(200, Math.min(RESAMPLES, Math.round(DRAWS / countTasks(tasks))))
