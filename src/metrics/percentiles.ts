import { KnownError } from '../errors.ts'
import { sortedQuantile } from '../regress/quantile.ts'
import type { Interval } from './interval.ts'

/** The middle share `level` of resampled statistics; NaN = undefined on that resample, at most 5 % of them. */
export function percentiles(drawn: Float64Array, level: number): Interval {
  const defined = drawn.filter((value) => !Number.isNaN(value)).sort()
  if (defined.length === 0 || defined.length < 0.95 * drawn.length) {
    throw new KnownError(
      'too-little-data',
      `undefined on ${drawn.length - defined.length} of ${drawn.length} resamples`,
    )
  }
  return {
    low: sortedQuantile(defined, (1 - level) / 2),
    high: sortedQuantile(defined, (1 + level) / 2),
  }
}
