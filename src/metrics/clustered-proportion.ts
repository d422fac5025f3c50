import { KnownError } from '../errors.ts'
import type { Estimate } from './clustered-estimate.ts'
import { clusteredMean } from './clustered-mean.ts'
import { deviate } from './interval.ts'
import { tQuantile } from './student-t.ts'
import { wilsonInterval } from './wilson.ts'

/** A share with the number of independent tries that would know it as well. */
export interface ClusteredProportion extends Estimate {
  readonly effectiveTrials: number
}

/**
 * The share of rows that are 1, and Wilson's interval on the effective number of tries, share · (1 − share) / SE², made
 * smaller for few clusters (Korn and Graubard 1998; with Wilson, Franco et al. 2019). Unlike the t interval it stays in
 * [0, 1] and does not vanish at 0 and 1, where repeats are taken to tell nothing new.
 */
export function clusteredProportion(
  outcomes: ArrayLike<number>,
  codes: ArrayLike<number>,
  level = 0.95,
): ClusteredProportion {
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] !== 0 && outcomes[i] !== 1)
      throw new KnownError('data-malformed', `the outcome of row ${i} is ${outcomes[i]}, not 0 or 1`)
  }
  const mean = clusteredMean(outcomes, codes, level)
  const { estimate, standardError, n, clusters, df } = mean
  const equivalent = standardError > 0 ? (estimate * (1 - estimate)) / standardError ** 2 : clusters
  const fewer = (deviate(level) / tQuantile(0.5 + level / 2, df)) ** 2
  const effectiveTrials = Math.min(n, equivalent) * fewer
  return { ...mean, ...wilsonInterval(estimate * effectiveTrials, effectiveTrials, level), effectiveTrials }
}
