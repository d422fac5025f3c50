import { KnownError } from '../errors.ts'
import { checkPairs } from './pairs.ts'
import { ranks } from './ranks.ts'

/** Area under the ROC curve: how often a success scores above a failure, ties half (Hanley and McNeil 1982). */
export function auc(scores: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  checkPairs(scores, outcomes)
  const ranked = ranks(scores)
  let [successes, rankSum] = [0, 0]
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] !== 0 && outcomes[i] !== 1) {
      throw new KnownError('data-malformed', `the outcome of row ${i} is ${outcomes[i]}, not 0 or 1`)
    }
    successes += outcomes[i] as number
    rankSum += (outcomes[i] as number) * (ranked[i] as number)
  }
  const failures = outcomes.length - successes
  if (successes === 0 || failures === 0) {
    throw new KnownError(
      'too-little-data',
      `${successes} successes and ${failures} failures: both are needed`,
    )
  }
  return (rankSum - (successes * (successes + 1)) / 2) / (successes * failures)
}
