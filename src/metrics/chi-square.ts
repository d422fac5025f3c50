import { KnownError } from '../errors.ts'
import { chiSquareTail } from './chi-square-distribution.ts'
import { checkProportion, type Proportion } from './proportion.ts'

export interface ChiSquare {
  readonly statistic: number
  /** Groups − 1. */
  readonly df: number
  readonly p: number
}

/**
 * Pearson's chi-square test (1900) that k groups share one proportion, without continuity correction. It takes runs to
 * be independent, which repeats are not.
 */
export function chiSquareTest(groups: readonly Proportion[]): ChiSquare {
  for (const group of groups) checkProportion(group)
  const trials = groups.reduce((sum, group) => sum + group.trials, 0)
  const share = groups.reduce((sum, group) => sum + group.successes, 0) / trials
  if (groups.length < 2 || !(share > 0 && share < 1))
    throw new KnownError('too-little-data', `${groups.length} groups with a share of ${share} to compare`)
  const statistic = groups.reduce((sum, group) => {
    return sum + (group.successes - group.trials * share) ** 2 / (group.trials * share * (1 - share))
  }, 0)
  const df = groups.length - 1
  return { statistic, df, p: chiSquareTail(statistic, df) }
}
