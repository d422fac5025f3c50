import { KnownError } from '../errors.ts'
import { checkPairs } from './pairs.ts'
import { countUpTo } from './sorted-count.ts'

/** The share of all episodes that are resolved with at most so much, as steps. */
export interface ResolutionCurve {
  /** The distinct amounts (tokens, steps, dollars, seconds) of resolved episodes, ascending. */
  readonly amounts: Float64Array
  /** From each amount on, up to the next: RR@amount, in [0, 1]. */
  readonly shares: Float64Array
  /** All episodes, resolved or not. */
  readonly n: number
}

/**
 * RR@x, the resolution rate under a budget of x: resolved with amount ≤ x over all episodes. Unresolved ones count at any
 * amount. A run stopped by its own limit is only known up to it: beyond the lowest limit use `kaplanMeier`.
 */
export function resolutionCurve(amounts: ArrayLike<number>, resolved: ArrayLike<number>): ResolutionCurve {
  checkEpisodes(amounts, resolved)
  const n = amounts.length
  const spent = new Float64Array(n)
  let count = 0
  for (let i = 0; i < n; i++) if (resolved[i] === 1) spent[count++] = amounts[i] as number
  const sorted = spent.subarray(0, count).sort()
  const shares = new Float64Array(count)
  let steps = 0
  for (let i = 0; i < count; i++) {
    if (i + 1 < count && sorted[i + 1] === sorted[i]) continue
    sorted[steps] = sorted[i] as number
    shares[steps++] = (i + 1) / n
  }
  return { amounts: sorted.slice(0, steps), shares: shares.slice(0, steps), n }
}

/** RR@budget. */
export function resolutionAt({ amounts, shares }: ResolutionCurve, budget: number): number {
  const steps = countUpTo(amounts, budget)
  return steps === 0 ? 0 : (shares[steps - 1] as number)
}

/** 1 for each episode resolved within the budget, else 0: its `clusteredMean` is RR@budget with an interval. */
export function resolvedWithin(
  amounts: ArrayLike<number>,
  resolved: ArrayLike<number>,
  budget: number,
): Uint8Array {
  checkEpisodes(amounts, resolved)
  const out = new Uint8Array(amounts.length)
  for (let i = 0; i < out.length; i++) {
    out[i] = resolved[i] === 1 && (amounts[i] as number) <= budget ? 1 : 0
  }
  return out
}

/** Refuses unknown amounts, which the caller leaves out and says so, and outcomes other than 0 and 1. */
export function checkEpisodes(amounts: ArrayLike<number>, resolved: ArrayLike<number>): void {
  checkPairs(amounts, resolved)
  for (let i = 0; i < amounts.length; i++) {
    if ((resolved[i] !== 0 && resolved[i] !== 1) || (amounts[i] as number) < 0)
      throw new KnownError('data-malformed', `episode ${i} holds ${amounts[i]} and ${resolved[i]}`)
  }
}
