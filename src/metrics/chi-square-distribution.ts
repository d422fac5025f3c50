import { KnownError } from '../errors.ts'
import { regularisedGamma } from './incomplete-gamma.ts'
import { rootBetween } from './root.ts'

/** P(X > x) of the chi-square distribution (Pearson 1900) with df > 0 degrees of freedom, x ≥ 0. */
export const chiSquareTail = (x: number, df: number): number => regularisedGamma(df / 2, x / 2).upper

/** P(|Z| > |z|) of the standard normal distribution: the two-sided p. */
export const normalTwoSided = (z: number): number => chiSquareTail(z * z, 1)

/** The x that a share p of the distribution lies below, 0 < p < 1. */
export function chiSquareQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1))
    throw new KnownError('data-malformed', `the chi-square quantile at ${p}, not between 0 and 1`)
  // The smaller of the two tails is matched, on the scale of logarithms.
  const gap = (log: number): number => {
    const { lower, upper } = regularisedGamma(df / 2, Math.exp(log) / 2)
    return p > 0.5 ? Math.log((1 - p) / upper) : Math.log(lower / p)
  }
  let [low, high] = [-1, 1]
  while (gap(low) > 0) low *= 2
  while (gap(high) < 0) high *= 2
  return Math.exp(rootBetween(gap, low, high))
}
