import { KnownError } from '../errors.ts'
import { checkPairs } from './pairs.ts'

/** Mean pinball (quantile) loss at level p (Koenker and Bassett 1978), in the units of the target; lower is better. */
export function pinballLoss(actual: ArrayLike<number>, predicted: ArrayLike<number>, p: number): number {
  checkPairs(actual, predicted)
  if (!(p >= 0 && p <= 1)) throw new KnownError('data-malformed', `quantile level ${p}, not in [0, 1]`)
  let sum = 0
  for (let i = 0; i < actual.length; i++) {
    const miss = (actual[i] as number) - (predicted[i] as number)
    sum += miss >= 0 ? p * miss : (p - 1) * miss
  }
  return sum / actual.length
}

/** The share of a reference forecaster's loss that is saved: 1 − loss / reference; 0 = no better, 1 = perfect. */
export function pinballSkill(loss: number, reference: number): number {
  if (!(reference > 0))
    throw new KnownError('too-little-data', `a reference loss of ${reference} cannot be improved`)
  return 1 - loss / reference
}
