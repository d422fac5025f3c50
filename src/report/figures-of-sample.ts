import { clusteredMean } from '../metrics/clustered-mean.ts'
import { clusteredMeanRatio } from '../metrics/clustered-mean-ratio.ts'
import { clusteredProportion } from '../metrics/clustered-proportion.ts'
import { clusteredRatio } from '../metrics/clustered-ratio.ts'
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

/** The mean over runs, with the interval by tasks (clustered standard error, t); of what cannot be below 0 no end is. */
export function meanOf({ values, tasks }: Pick<Sample, 'values' | 'tasks'>): Measured | Unsaid {
  const n = values.length
  if (n === 0) return unsaid('no run where it is known')
  const found = attempt(() => clusteredMean(values, tasks))
  if ('unsaid' in found) return measured(sum(values) / n, null, n)
  const floor = values.some((value) => value < 0) ? Number.NEGATIVE_INFINITY : 0
  return measured(found.estimate, { low: Math.max(floor, found.low), high: found.high }, n)
}

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
  const interval = { low: scaled(found.low), high: scaled(found.high) }
  return measured(scaled(found.estimate), interval, sample.values.length)
}

/** The mean of the runs that are marked over the mean of those that are not, with the interval by tasks. */
export function meanRatioOf({ values, tasks }: Sample, marks: Float64Array): Measured | Unsaid {
  const marked = sum(marks)
  if (marked === 0 || marked === marks.length) return unsaid('all runs are of one kind')
  const found = attempt(() => clusteredMeanRatio({ values, arms: marks, codes: tasks }))
  return 'unsaid' in found ? found : measured(found.estimate, found, values.length)
}
