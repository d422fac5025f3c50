import { binomialDensity } from './binomial-density.ts'

/** How far two probabilities may differ by rounding and still be the same; R's choice. */
const SAME = 1 + 1e-7

/**
 * The exact two-sided binomial test: the probability, if each of `trials` succeeds with probability `p` (above 0, below 1) by itself, of all
 * counts that are no likelier than `successes` (Fisher's method of small probabilities; R's `binom.test`).
 */
export function binomialTest(successes: number, trials: number, p: number): number {
  const odds = p / (1 - p)
  const limit = binomialDensity(successes, trials - successes, odds) * SAME
  let sum = 0
  for (let k = 0; k <= trials; k++) {
    const density = binomialDensity(k, trials - k, odds)
    if (density <= limit) sum += density
  }
  return Math.min(1, sum)
}
