import { clusteredMean } from '../metrics/clustered-mean.ts'
import { clusteredMeanRatio } from '../metrics/clustered-mean-ratio.ts'
import { clusteredProportion } from '../metrics/clustered-proportion.ts'
import { clusteredRatio } from '../metrics/clustered-ratio.ts'
import { deviate, type Interval } from '../metrics/interval.ts'
import { tQuantile } from '../metrics/student-t.ts'
import { sum } from '../metrics/sum.ts'
import { wilsonInterval } from '../metrics/wilson.ts'
import { attempt, measured, unsaid } from './cells.ts'
import type { Measured, Unsaid } from './document.ts'
import { along, type Sample } from './sample.ts'

/** The share of runs with value 1: Wilson’s interval for one run a task, by tasks where they have repeats. */
export function rateOf({
  values,
  tasks,
}: {
  readonly values: ArrayLike<number>
  readonly tasks: Int32Array
}): Measured | Unsaid {
  const n = values.length
  if (n === 0) return unsaid('no run where it is known')
  const successes = sum(values)
  const found = attempt(() => clusteredProportion(values, tasks))
  if ('unsaid' in found) return measured(successes / n, n === 1 ? wilsonInterval(successes, n) : null, n)
  return measured(successes / n, found.clusters === n ? wilsonInterval(successes, n) : found, n)
}

/**
 * The mean over runs, with the interval by tasks (clustered standard error, t). Of amounts, which are never below 0, the
 * interval is cut off there.
 */
export function meanOf({ values, tasks }: Pick<Sample, 'values' | 'tasks'>): Measured | Unsaid {
  const n = values.length
  if (n === 0) return unsaid('no run where it is known')
  const found = attempt(() => clusteredMean(values, tasks))
  if ('unsaid' in found) return measured(sum(values) / n, null, n)
  return measured(found.estimate, isAmount(values) ? notNegative(found) : found, n)
}

/**
 * The mean of shares (a chance for each task, a score of 0 to 1 for each run), with Wilson’s interval on as many tries as
 * would know it as well: in [0, 1], as that of a rate is.
 */
export function shareOf({ values, tasks }: Pick<Sample, 'values' | 'tasks'>): Measured | Unsaid {
  const n = values.length
  if (n === 0) return unsaid('no run where it is known')
  const found = attempt(() => clusteredMean(values, tasks))
  if ('unsaid' in found) return measured(sum(values) / n, null, n)
  const { estimate, standardError, clusters, df } = found
  const mean = Math.min(1, Math.max(0, estimate))
  const tries = standardError > 0 ? (mean * (1 - mean)) / standardError ** 2 : clusters
  const fewer = (deviate(LEVEL) / tQuantile(0.5 + LEVEL / 2, df)) ** 2
  return measured(mean, wilsonInterval(mean * tries * fewer, tries * fewer, LEVEL), n)
}

const LEVEL = 0.95

function isAmount(values: Float64Array): boolean {
  for (const value of values) if (value < 0) return false
  return true
}

const notNegative = ({ low, high }: Interval): Interval => ({ low: Math.max(0, low), high })

/** `scale` × the sum of the sample over the sum of another column, with the interval by tasks. */
export function ratioOf(sample: Sample, below: Float64Array, scale = 1): Measured | Unsaid {
  const denominators = along(sample, below)
  const total = sum(denominators)
  if (sample.values.length === 0) return unsaid('no run where both are known')
  if (total === 0) return unsaid('nothing to divide by')
  const found = attempt(() =>
    clusteredRatio({ numerators: sample.values, denominators, codes: sample.tasks }),
  )
  const scaled = (value: number) => value * scale
  if ('unsaid' in found) return measured(scaled(sum(sample.values) / total), null, sample.values.length)
  const interval = isAmount(sample.values) ? notNegative(found) : found
  return measured(
    scaled(found.estimate),
    { low: scaled(interval.low), high: scaled(interval.high) },
    sample.values.length,
  )
}

/** The mean of the runs that are marked over the mean of those that are not, with the interval by tasks. */
export function meanRatioOf({ values, tasks }: Sample, marks: Float64Array): Measured | Unsaid {
  const marked = sum(marks)
  if (marked === 0 || marked === marks.length) return unsaid('all runs are of one kind')
  const found = attempt(() => clusteredMeanRatio({ values, arms: marks, codes: tasks }))
  return 'unsaid' in found ? found : measured(found.estimate, found, values.length)
}
