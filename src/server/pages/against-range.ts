import type { Outcome } from '../../trajectory/run.ts'

/** What a run spent of something, and the range of 8 in 10 it was forecast to lie in. Null = not known. */
export interface Spent {
  readonly actual: number | null
  readonly p10: number | null
  readonly p50: number | null
  readonly p90: number | null
}

/** How a run ended, as far as it decides whether what it spent is all that it would have. */
export interface Ending {
  readonly outcome: Outcome | null
  /** What it spent is "at least". */
  readonly incomplete: boolean
}

/** Where what was spent lies; null = it cannot be said, and `reason` tells why. */
export interface Against {
  readonly place: 'inside' | 'above' | 'below' | null
  readonly reason: string | null
}

/** Why a run says nothing on a forecast though it was forecast; null = it does. */
export type LeftOut = 'budget-exhausted' | 'timed-out' | 'infra-error' | 'incomplete' | 'unknown'

/** In words, for one run and for many. */
export const LEFT_OUT: Readonly<Record<LeftOut, string>> = {
  'budget-exhausted': 'stopped by a budget',
  'timed-out': 'stopped by a time limit',
  'infra-error': 'ended by the infrastructure',
  incomplete: 'some calls told less than they used',
  unknown: 'not recorded',
}

/** Why such runs are left out. */
export const LEFT_OUT_NOTE = 'What they would have spent to their own end is not known.'

/** Why a run is not counted on the side of any forecast. */
export function leftOut({ actual, p10 }: Spent, { outcome, incomplete }: Ending): LeftOut | null {
  if (outcome === 'budget-exhausted' || outcome === 'timed-out' || outcome === 'infra-error') return outcome
  if (incomplete) return 'incomplete'
  return actual === null || p10 === null ? 'unknown' : null
}

/** Where a run lies that may be counted; one that may not be is placed only where what it spent already is too much. */
export function againstRange(spent: Spent, ending: Ending): Against {
  const { actual, p10, p90 } = spent
  const reason = leftOut(spent, ending)
  if (actual === null || p10 === null || p90 === null) return { place: null, reason: LEFT_OUT.unknown }
  if (actual > p90) return { place: 'above', reason: reason === null ? null : LEFT_OUT[reason] }
  if (reason !== null) return { place: null, reason: LEFT_OUT[reason] }
  return { place: actual < p10 ? 'below' : 'inside', reason: null }
}
