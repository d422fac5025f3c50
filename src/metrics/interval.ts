import { KnownError } from '../errors.ts'
import { normalQuantile } from '../regress/normal.ts'

/** A confidence interval in the units of its statistic. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The normal deviate of a two-sided interval: 1.96 at level 0.95. */
export function deviate(level: number): number {
  checkLevel(level)
  return normalQuantile(0.5 + level / 2)
}

/** Refuses a confidence level that is no share: 95 for 0.95. */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1))
    throw new KnownError('data-malformed', `confidence level ${level}, not in (0, 1)`)
}
