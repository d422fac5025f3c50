import type { Interval } from './interval.ts'
import { checkProportion, type Proportion } from './proportion.ts'
import { wilsonInterval } from './wilson.ts'

/**
 * The proportion of `other` less that of `reference`, two independent samples, with the hybrid score interval of
 * Newcombe (1998, Statistics in Medicine 17:873, method 10): the two Wilson intervals, squared and added.
 */
export function newcombeDifference(
  reference: Proportion,
  other: Proportion,
  level = 0.95,
): Interval & { readonly estimate: number } {
  checkProportion(reference)
  checkProportion(other)
  const [from, to] = [reference.successes / reference.trials, other.successes / other.trials]
  const a = wilsonInterval(reference.successes, reference.trials, level)
  const b = wilsonInterval(other.successes, other.trials, level)
  return {
    estimate: to - from,
    low: to - from - Math.hypot(to - b.low, a.high - from),
    high: to - from + Math.hypot(b.high - to, from - a.low),
  }
}
