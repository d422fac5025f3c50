import { KnownError } from '../errors.ts'
import { deviate, type Interval } from './interval.ts'

/** Wilson's (1927) score interval of a proportion, without continuity correction. */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  if (trials <= 0) throw new KnownError('too-little-data', `a proportion of ${trials} trials`)
  if (!(successes >= 0 && successes <= trials)) {
    throw new KnownError('data-malformed', `${successes} successes in ${trials} trials`)
  }
  const z = deviate(level)
  const share = successes / trials
  const centre = share + (z * z) / (2 * trials)
  const half = z * Math.sqrt((share * (1 - share)) / trials + (z / (2 * trials)) ** 2)
  const scale = 1 + (z * z) / trials
  // At 0 and at all successes an end is exact; rounding must not push it past.
  return {
    low: successes === 0 ? 0 : (centre - half) / scale,
    high: successes === trials ? 1 : (centre + half) / scale,
  }
}
