import { KnownError } from '../errors.ts'
import { regularisedBeta } from './incomplete-beta.ts'
import { rootBetween } from './root.ts'

/** The two degrees of freedom of an F ratio. */
export interface FDegrees {
  readonly above: number
  readonly below: number
}

/** P(F > f) of the F distribution (Fisher 1924, Snedecor 1934), f ≥ 0. */
export const fTail = (f: number, { above, below }: FDegrees): number =>
  regularisedBeta(below / (above * f), below / 2, above / 2)

/** The f that a share p of the distribution lies below, 0 < p < 1. */
export function fQuantile(p: number, degrees: FDegrees): number {
  if (!(p > 0 && p < 1)) throw new KnownError('data-malformed', `the F quantile at ${p}, not between 0 and 1`)
  // The smaller of the two tails is matched, on the scale of logarithms.
  const flipped: FDegrees = { above: degrees.below, below: degrees.above }
  const gap = (log: number): number => {
    const f = Math.exp(log)
    return p > 0.5 ? Math.log((1 - p) / fTail(f, degrees)) : Math.log(fTail(1 / f, flipped) / p)
  }
  let [low, high] = [-1, 1]
  while (gap(low) > 0) low *= 2
  while (gap(high) < 0) high *= 2
  return Math.exp(rootBetween(gap, low, high))
}
