import { KnownError } from '../errors.ts'
import type { Estimate } from './clustered-estimate.ts'
import type { Interval } from './interval.ts'
import { tQuantile, tTail } from './student-t.ts'

export interface Equivalence {
  /** The larger of the two one-sided p: below `alpha`, the difference is smaller than the margin. */
  readonly p: number
  /** At level 1 − 2 · alpha: equivalence is shown when it lies inside the margin. */
  readonly interval: Interval
  /** 'different': the whole interval lies beyond the margin on one side. */
  readonly verdict: 'equivalent' | 'different' | 'undecided'
}

/**
 * Two one-sided t tests that a difference is smaller than `margin` either way (Schuirmann 1987), the margin in the units
 * of the difference and stated before the data are seen.
 */
export function tost(
  { estimate, standardError, df }: Pick<Estimate, 'estimate' | 'standardError' | 'df'>,
  margin: number,
  alpha = 0.05,
): Equivalence {
  if (!(margin > 0)) throw new KnownError('data-malformed', `an equivalence margin of ${margin}`)
  if (!(alpha > 0 && alpha < 0.5)) throw new KnownError('data-malformed', `a significance level of ${alpha}`)
  if (!(standardError > 0))
    throw new KnownError('too-little-data', `a standard error of ${standardError} tests nothing`)
  const above = tTail((estimate + margin) / standardError, df)
  const below = tTail((margin - estimate) / standardError, df)
  const half = tQuantile(1 - alpha, df) * standardError
  const interval = { low: estimate - half, high: estimate + half }
  const p = Math.max(above, below)
  const beyond = interval.low > margin || interval.high < -margin
  return { p, interval, verdict: p < alpha ? 'equivalent' : beyond ? 'different' : 'undecided' }
}
