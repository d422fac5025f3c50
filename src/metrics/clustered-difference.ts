import { KnownError } from '../errors.ts'
import { clustersOf } from './cluster-codes.ts'
import { type Estimate, tEstimate } from './clustered-estimate.ts'
import { checkLevel } from './interval.ts'
import { checkPairs } from './pairs.ts'
import { type ArmShares, satterthwaite } from './satterthwaite.ts'

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
 * The mean of arm 1 less that of arm 0 with a cluster-robust t interval that few or unequal clusters do not make too
 * narrow: CR2 and Satterthwaite degrees of freedom (Bell and McCaffrey 2002). Where every cluster has one run in each
 * arm it is the paired t analysis; where the arms share no cluster, and clusters are alike, Welch's.
 */
export function clusteredDifference({ values, arms, codes }: ArmRows, level = 0.95): Difference {
  checkPairs(values, arms)
  checkPairs(values, codes)
  checkLevel(level)
  const clusters = clustersOf(codes)
  const [from, to] = [
    armOf({ values, arms, codes: clusters.of }, 0, clusters.count),
    armOf({ values, arms, codes: clusters.of }, 1, clusters.count),
  ]
  let squares = 0
  for (let g = 0; g < clusters.count; g++) squares += (inflated(to, g) - inflated(from, g)) ** 2
  const known = {
    estimate: to.mean - from.mean,
    standardError: Math.sqrt(squares),
    n: values.length,
    clusters: clusters.count,
    df: satterthwaite([from, to]),
  }
  return {
    ...tEstimate(known, level),
    means: [from.mean, to.mean],
    clusterCodes: clusters.codes,
    contributions: to.parts.map((part, g) => part - (from.parts[g] as number)),
  }
}

interface Arm extends ArmShares {
  readonly mean: number
  /** For each cluster, (value − mean) / rows summed over its rows of this arm. */
  readonly parts: Float64Array
}

function armOf({ values, arms, codes }: ArmRows, arm: 0 | 1, count: number): Arm {
  const [parts, shares] = [new Float64Array(count), new Float64Array(count)]
  let [rows, total] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    if (arms[i] !== 0 && arms[i] !== 1)
      throw new KnownError('data-malformed', `the arm of row ${i} is ${arms[i]}, not 0 or 1`)
    if (arms[i] !== arm) continue
    const g = codes[i] as number
    rows++
    total += values[i] as number
    shares[g] = (shares[g] as number) + 1
    parts[g] = (parts[g] as number) + (values[i] as number)
  }
  const seen = shares.reduce((sum, size) => sum + (size > 0 ? 1 : 0), 0)
  // A single cluster has no spread between clusters that could be measured.
  if (seen < 2)
    throw new KnownError('too-little-data', `arm ${arm} has ${seen} clusters, at least 2 are needed`)
  const mean = total / rows
  for (let g = 0; g < count; g++) {
    parts[g] = ((parts[g] as number) - (shares[g] as number) * mean) / rows
    shares[g] = (shares[g] as number) / rows
  }
  return { rows, mean, parts, shares }
}

/** A cluster pulls its arm's mean towards itself by its share of the rows: CR2 makes up for that. */
const inflated = ({ parts, shares }: Arm, g: number): number =>
  (parts[g] as number) / Math.sqrt(1 - (shares[g] as number))
