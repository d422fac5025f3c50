import { KnownError } from '../errors.ts'
import { type Clusters, clustersOf } from './cluster-codes.ts'
import { clusteredEstimate, type Estimate } from './clustered-estimate.ts'
import { checkPairs } from './pairs.ts'

export interface ArmRows {
  readonly values: ArrayLike<number>
  /** The arm of each row: 0 = the reference, 1 = the other. */
  readonly arms: ArrayLike<number>
  /** The cluster of each row; an arm may share clusters with the other or have its own. */
  readonly codes: ArrayLike<number>
}

/** A difference of two means, in the units of the values, with what it rests on. */
export interface Difference extends Estimate {
  /** The means of arm 0 and arm 1. */
  readonly means: readonly [number, number]
  /** The code of each cluster, ascending. */
  readonly clusterCodes: Int32Array
  /** What each cluster contributes to the error of the difference; they add up to 0. */
  readonly contributions: Float64Array
}

/**
 * The mean of arm 1 less that of arm 0, with a cluster-robust t interval. Where every cluster has one run in each arm it
 * is the paired t analysis; where the arms share no cluster it is the comparison of two independent samples.
 */
export function clusteredDifference({ values, arms, codes }: ArmRows, level = 0.95): Difference {
  checkPairs(values, arms)
  checkPairs(values, codes)
  const clusters = clustersOf(codes)
  const sizes = armSizes(arms, clusters)
  const means = armMeans(values, arms, sizes)
  const contributions = new Float64Array(clusters.count)
  for (let i = 0; i < values.length; i++) {
    const [g, arm] = [clusters.of[i] as number, arms[i] as 0 | 1]
    const part = ((values[i] as number) - means[arm]) / sizes[arm]
    contributions[g] = (contributions[g] as number) + (arm === 1 ? part : -part)
  }
  const estimate = clusteredEstimate(means[1] - means[0], contributions, { n: values.length, level })
  return { ...estimate, means, clusterCodes: clusters.codes, contributions }
}

/** The rows of each arm; an arm of a single cluster has no spread between clusters that could be measured. */
function armSizes(arms: ArrayLike<number>, clusters: Clusters): [number, number] {
  const sizes: [number, number] = [0, 0]
  const seen = [new Uint8Array(clusters.count), new Uint8Array(clusters.count)] as const
  for (let i = 0; i < arms.length; i++) {
    const arm = arms[i]
    if (arm !== 0 && arm !== 1)
      throw new KnownError('data-malformed', `the arm of row ${i} is ${arm}, not 0 or 1`)
    sizes[arm]++
    seen[arm][clusters.of[i] as number] = 1
  }
  for (const [arm, flags] of seen.entries()) {
    const count = flags.reduce((total, flag) => total + flag, 0)
    if (count < 2)
      throw new KnownError('too-little-data', `arm ${arm} has ${count} clusters, at least 2 are needed`)
  }
  return sizes
}

function armMeans(
  values: ArrayLike<number>,
  arms: ArrayLike<number>,
  sizes: readonly [number, number],
): [number, number] {
  const sums: [number, number] = [0, 0]
  for (let i = 0; i < values.length; i++) sums[arms[i] as 0 | 1] += values[i] as number
  return [sums[0] / sizes[0], sums[1] / sizes[1]]
}
