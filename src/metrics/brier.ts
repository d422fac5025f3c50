import { KnownError } from '../errors.ts'
import { checkPairs } from './pairs.ts'

/** Brier score (1950): mean squared difference of probabilities and outcomes (0, 1, or a share of repeated tries). */
export function brierScore(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  checkPairs(probabilities, outcomes)
  let sum = 0
  for (let i = 0; i < probabilities.length; i++) {
    const [p, outcome] = [probabilities[i] as number, outcomes[i] as number]
    if (p < 0 || p > 1 || outcome < 0 || outcome > 1) {
      throw new KnownError('data-malformed', `row ${i} holds ${p} and ${outcome}, not both in [0, 1]`)
    }
    sum += (p - outcome) ** 2
  }
  return sum / probabilities.length
}
