import { KnownError } from '../errors.ts'
import { regularisedBeta } from './incomplete-beta.ts'
import { rootBetween } from './root.ts'

/** P(|T| > |t|) of Student's t (1908) with df > 0 degrees of freedom: the two-sided p. */
export const tTwoSided = (t: number, df: number): number => regularisedBeta(df / (t * t), df / 2, 0.5)

/** P(T > t): the one-sided p. */
export function tTail(t: number, df: number): number {
  const half = tTwoSided(t, df) / 2
  return t > 0 ? half : 1 - half
}

/** The t that a share p of the distribution lies below, 0 < p < 1. */
export function tQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new KnownError('data-malformed', `the t quantile at ${p}, not between 0 and 1`)
  const both = 2 * Math.min(p, 1 - p)
  if (both === 1) return 0
  const above = (t: number): number => Math.log(tTwoSided(t, df) / both)
  let high = 2
  while (above(high) > 0) high *= 4
  const t = rootBetween(above, 0, high)
  return p < 0.5 ? -t : t
}
