import { KnownError } from '../errors.ts'
import { binomialDensity } from './binomial-density.ts'
import { regularisedBeta } from './incomplete-beta.ts'

export interface McNemar {
  /** Exact two-sided p: never below its level, often well above. */
  readonly p: number
  /** Mid-p, which keeps the level closely (Fagerland, Lydersen and Laake 2013). */
  readonly midP: number
}

/**
 * Exact McNemar test (1947) of two arms with one run of each task in each: only tasks on which the arms differ tell, and
 * these fall either way with probability ½. Without any, p = 1. Repeats of a task need a test by cluster instead.
 */
export function mcnemar(onlyReference: number, onlyOther: number): McNemar {
  if (![onlyReference, onlyOther].every((count) => Number.isInteger(count) && count >= 0))
    throw new KnownError('data-malformed', `${onlyReference} and ${onlyOther} tasks on which the arms differ`)
  const fewer = Math.min(onlyReference, onlyOther)
  const more = Math.max(onlyReference, onlyOther)
  if (more === 0) return { p: 1, midP: 1 }
  // P(X ≤ fewer) of a binomial with p = ½, as an incomplete beta function.
  const tail = regularisedBeta(1, more, fewer + 1)
  const midP = 2 * tail - binomialDensity(fewer, more, 1)
  return { p: Math.min(1, 2 * tail), midP: Math.min(1, midP) }
}
