import { KnownError } from '../errors.ts'
import { clusterSums, clustersOf } from './cluster-codes.ts'
import { clusteredEstimate, type Estimate } from './clustered-estimate.ts'
import { checkPairs } from './pairs.ts'
import { sum } from './sum.ts'

export interface RatioRows {
  readonly numerators: ArrayLike<number>
  /** Their sum must be above 0. */
  readonly denominators: ArrayLike<number>
  /** The cluster of each row. */
  readonly codes: ArrayLike<number>
}

/**
 * The ratio of two sums, such as tokens per resolved task, and its t interval by linearisation (the delta method of
 * survey sampling, Cochran 1977, section 6.4) with one contribution per cluster.
 */
export function clusteredRatio({ numerators, denominators, codes }: RatioRows, level = 0.95): Estimate {
  checkPairs(numerators, denominators)
  checkPairs(numerators, codes)
  const below = sum(denominators)
  if (!(below > 0)) throw new KnownError('too-little-data', `a ratio to a total of ${below}`)
  const ratio = sum(numerators) / below
  const clusters = clustersOf(codes)
  const [above, under] = [clusterSums(numerators, clusters), clusterSums(denominators, clusters)]
  const contributions = above.map((total, g) => (total - ratio * (under[g] as number)) / below)
  return clusteredEstimate(ratio, contributions, { n: numerators.length, level })
}
