import { KnownError } from '../errors.ts'
import { checkEpisodes } from './resolution-curve.ts'

/**
 * What each episode adds to the effectiveness under a budget (SWE-Effi 2025): 1 − amount / cap where it is resolved
 * within the cap, else 0. Their `clusteredMean` is the area under RR@x up to the cap over the cap, with an interval.
 */
export function effectiveness(
  amounts: ArrayLike<number>,
  resolved: ArrayLike<number>,
  cap: number,
): Float64Array {
  checkEpisodes(amounts, resolved)
  if (!(cap > 0 && Number.isFinite(cap))) throw new KnownError('data-malformed', `a cap of ${cap}`)
  const out = new Float64Array(amounts.length)
  for (let i = 0; i < out.length; i++) {
    out[i] = resolved[i] === 1 ? Math.max(0, 1 - (amounts[i] as number) / cap) : 0
  }
  return out
}
