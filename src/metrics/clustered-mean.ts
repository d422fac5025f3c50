import { type Clusters, clustersOf } from './cluster-codes.ts'
import { clusteredEstimate, type Estimate } from './clustered-estimate.ts'
import { checkPairs } from './pairs.ts'
import { sum } from './sum.ts'

/**
 * The mean of all rows and its t interval when rows of one cluster (the repeats of a task) go together: clustered
 * standard errors as Miller (2024) asks of evals. A share when the values are 0 and 1. `codes`: the cluster of each row.
 */
export function clusteredMean(values: ArrayLike<number>, codes: ArrayLike<number>, level = 0.95): Estimate {
  checkPairs(values, codes)
  const n = values.length
  const mean = sum(values) / n
  return clusteredEstimate(mean, deviations(values, mean, clustersOf(codes)), { n, level })
}

/** (value − mean) / n, summed per cluster. */
function deviations(values: ArrayLike<number>, mean: number, clusters: Clusters): Float64Array {
  const sums = new Float64Array(clusters.count)
  for (let i = 0; i < values.length; i++) {
    const cluster = clusters.of[i] as number
    sums[cluster] = (sums[cluster] as number) + ((values[i] as number) - mean) / values.length
  }
  return sums
}
