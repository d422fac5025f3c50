import { KnownError } from '../errors.ts'
import { type Clusters, clusterSizes, clusterSums, clustersOf } from './cluster-codes.ts'
import type { Interval } from './interval.ts'
import { checkPairs } from './pairs.ts'
import { tQuantile } from './student-t.ts'
import { wilsonInterval, wilsonOf } from './wilson.ts'

/**
 * A share of rows that go together by cluster (the repeats of a task), with Wilson's interval for as many independent
 * rows as the clusters are worth: n over the design effect, which is the clustered variance over the binomial one (Korn
 * and Graubard 1998), and Student's t for the normal deviate. Where all rows are alike a cluster counts as one row.
 * With one row a cluster it is Wilson's (1927) interval as it is. For 10 to 80 tasks of 3 to 5 runs it holds 94 to 98 %,
 * where the percentiles of a bootstrap by clusters hold 88 to 95 %.
 */
export function clusteredRate(
  outcomes: ArrayLike<number>,
  codes: ArrayLike<number>,
  level = 0.95,
): Interval & { readonly estimate: number; readonly n: number; readonly clusters: number } {
  checkPairs(outcomes, codes)
  const clusters = clustersOf(codes)
  const n = outcomes.length
  const successes = successesOf(outcomes)
  const known = { estimate: successes / n, n, clusters: clusters.count }
  if (clusters.count === n) return { ...known, ...wilsonInterval(successes, n, level) }
  if (successes === 0 || successes === n) {
    return { ...known, ...wilsonInterval(successes === 0 ? 0 : clusters.count, clusters.count, level) }
  }
  if (clusters.count < 2) throw new KnownError('too-little-data', 'one cluster: its runs go together')
  const effect = Math.max(1, designEffect(outcomes, clusters, known.estimate))
  const deviate = tQuantile(0.5 + level / 2, clusters.count - 1)
  return { ...known, ...wilsonOf(known.estimate, n / effect, deviate) }
}

function successesOf(outcomes: ArrayLike<number>): number {
  let successes = 0
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] !== 0 && outcomes[i] !== 1) {
      throw new KnownError('data-malformed', `the outcome of row ${i} is ${outcomes[i]}, not 0 or 1`)
    }
    successes += outcomes[i] as number
  }
  return successes
}

/** The variance of the share by clusters over that of as many independent rows. */
function designEffect(outcomes: ArrayLike<number>, clusters: Clusters, share: number): number {
  const [sums, sizes] = [clusterSums(outcomes, clusters), clusterSizes(clusters)]
  let squares = 0
  for (let g = 0; g < sums.length; g++) {
    squares += ((sums[g] as number) - share * (sizes[g] as number)) ** 2
  }
  const n = outcomes.length
  return (squares * clusters.count) / (clusters.count - 1) / (n * share * (1 - share))
}
