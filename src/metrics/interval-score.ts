import { checkLevel } from './interval.ts'
import { checkPairs } from './pairs.ts'

/**
 * Mean interval score (Gneiting and Raftery 2007, section 6.2) of central prediction intervals at this level, in the
 * units of the target: the width, plus 2 / α times what is missed. Lower is better; wide ranges and misses both cost.
 */
export function intervalScore(
  actual: ArrayLike<number>,
  { low, high }: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
  level: number,
): number {
  checkPairs(actual, low)
  checkPairs(actual, high)
  checkLevel(level)
  let total = 0
  for (let i = 0; i < actual.length; i++) {
    const [from, value, to] = [low[i] as number, actual[i] as number, high[i] as number]
    const missed = Math.max(0, from - value) + Math.max(0, value - to)
    total += to - from + (2 / (1 - level)) * missed
  }
  return total / actual.length
}
