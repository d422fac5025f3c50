import { KnownError } from '../errors.ts'
import { checkLevel, type Interval } from './interval.ts'
import { tQuantile } from './student-t.ts'

/** An estimate with its cluster-robust standard error and t interval, all in the units of the statistic. */
export interface Estimate extends Interval {
  readonly estimate: number
  readonly standardError: number
  /** Rows. */
  readonly n: number
  readonly clusters: number
  /** Degrees of freedom of the interval and of a t test. */
  readonly df: number
}

/**
 * The interval of an estimate whose error is, to first order, the sum of one independent contribution per cluster:
 * variance G / (G − 1) · Σ uᵍ² (Liang and Zeger 1986, with the small-sample factor called CR1), t with G − 1 degrees.
 */
export function clusteredEstimate(
  estimate: number,
  contributions: Float64Array,
  { n, level }: { readonly n: number; readonly level: number },
): Estimate {
  checkLevel(level)
  const clusters = contributions.length
  if (clusters < 2)
    throw new KnownError('too-little-data', `${clusters} clusters, a standard error needs at least 2`)
  let squares = 0
  for (let g = 0; g < clusters; g++) squares += (contributions[g] as number) ** 2
  const standardError = Math.sqrt((squares * clusters) / (clusters - 1))
  return tEstimate({ estimate, standardError, n, clusters, df: clusters - 1 }, level)
}

/** Adds the two-sided t interval. */
export function tEstimate(known: Omit<Estimate, 'low' | 'high'>, level: number): Estimate {
  const half = tQuantile(0.5 + level / 2, known.df) * known.standardError
  return { ...known, low: known.estimate - half, high: known.estimate + half }
}
