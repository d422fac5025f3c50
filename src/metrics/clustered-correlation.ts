import { type ClusterBootstrapParams, clusterBootstrap } from './cluster-bootstrap.ts'
import { correlationOfSums, products, standardScores } from './correlation-sums.ts'
import type { Interval } from './interval.ts'

/** An estimate with a percentile interval from resampled clusters. */
export interface Resampled extends Interval {
  readonly estimate: number
  /** Rows. */
  readonly n: number
  readonly clusters: number
}

/**
 * Pearson's r of two columns with a cluster-bootstrap interval, for runs of tasks or tasks of repositories. Given the
 * `ranks` of both it is Spearman's, its ranks taken over all rows.
 */
export function clusteredCorrelation(
  { x, y, codes }: Record<'x' | 'y' | 'codes', ArrayLike<number>>,
  params: ClusterBootstrapParams,
): Resampled {
  const [a, b] = [standardScores(x), standardScores(y)]
  const columns = [a, b, products(a, a), products(b, b), products(a, b)]
  return clusterBootstrap(
    { columns, codes },
    ([a = 0, b = 0, aa = 0, bb = 0, ab = 0], n) => correlationOfSums({ a, b, aa, bb, ab }, n),
    params,
  )
}
