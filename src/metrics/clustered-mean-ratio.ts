import { KnownError } from '../errors.ts'
import { clustersOf } from './cluster-codes.ts'
import type { ArmRows } from './clustered-difference.ts'
import { clusteredEstimate, type Estimate } from './clustered-estimate.ts'
import { checkPairs } from './pairs.ts'

/**
 * The mean of arm 1 over that of arm 0, such as the tokens of runs that failed over those of runs that resolved, with a
 * cluster-robust t interval on the logarithm (delta method). `standardError` is that of the logarithm.
 */
export function clusteredMeanRatio({ values, arms, codes }: ArmRows, level = 0.95): Estimate {
  checkPairs(values, arms)
  checkPairs(values, codes)
  const { sums, sizes } = armTotals(values, arms)
  const clusters = clustersOf(codes)
  const contributions = new Float64Array(clusters.count)
  for (let i = 0; i < values.length; i++) {
    const [g, arm] = [clusters.of[i] as number, arms[i] as 0 | 1]
    const part = (values[i] as number) / sums[arm] - 1 / sizes[arm]
    contributions[g] = (contributions[g] as number) + (arm === 1 ? part : -part)
  }
  const log = Math.log(sums[1] / sizes[1]) - Math.log(sums[0] / sizes[0])
  const found = clusteredEstimate(log, contributions, { n: values.length, level })
  return { ...found, estimate: Math.exp(log), low: Math.exp(found.low), high: Math.exp(found.high) }
}

function armTotals(values: ArrayLike<number>, arms: ArrayLike<number>) {
  const [sums, sizes]: [[number, number], [number, number]] = [
    [0, 0],
    [0, 0],
  ]
  for (let i = 0; i < values.length; i++) {
    sums[arms[i] as 0 | 1] += values[i] as number
    sizes[arms[i] as 0 | 1]++
  }
  if (!(sizes[0] > 0 && sizes[1] > 0)) throw new KnownError('too-little-data', 'an arm has no run')
  if (!(sums[0] > 0 && sums[1] > 0)) throw new KnownError('too-little-data', 'an arm has a mean of 0')
  return { sums, sizes }
}
