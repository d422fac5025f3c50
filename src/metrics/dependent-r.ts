import { type ClusterBootstrapParams, clusterBootstrap } from './cluster-bootstrap.ts'
import type { Resampled } from './clustered-correlation.ts'
import { correlationOfSums, products, standardScores } from './correlation-sums.ts'

/**
 * r(other, y) less r(reference, y): how much better one forecast of y correlates than another on the same rows, with a
 * cluster-bootstrap interval that keeps the two correlations together (Wilcox 2016).
 */
export function dependentDifference(
  { reference, other, y, codes }: Record<'reference' | 'other' | 'y' | 'codes', ArrayLike<number>>,
  params: ClusterBootstrapParams,
): Resampled {
  const [a, c, b] = [standardScores(reference), standardScores(other), standardScores(y)]
  const columns = [a, c, b, products(a, a), products(c, c), products(b, b), products(a, b), products(c, b)]
  return clusterBootstrap(
    { columns, codes },
    ([a = 0, c = 0, b = 0, aa = 0, cc = 0, bb = 0, ab = 0, cb = 0], n) =>
      correlationOfSums({ a: c, b, aa: cc, bb, ab: cb }, n) - correlationOfSums({ a, b, aa, bb, ab }, n),
    params,
  )
}
