import { rootBetween } from '../../metrics/root.ts'
import { normalQuantile } from '../../regress/normal.ts'

/** Two arms with as many runs each, and how many comparisons are made at once. */
export interface ArmSizes {
  readonly runs: number
  readonly comparisons: number
}

const ALPHA = 0.05
const POWER = 0.8

/** A rate above this would have shown itself in 95 of 100 such arms: the rule of three (Hanley and Lippman-Hand 1983). */
export const highestUnseen = (runs: number): number => Math.min(1, 3 / runs)

/**
 * The nearest rate above (`more`) or below (`fewer`) a rate that 8 of 10 tries tell from it, when runs fail one by one
 * (two-sided test of two proportions, Fleiss 1981, without correction for continuity); null where there is none.
 */
export function detectableRate(
  rate: number,
  { runs, comparisons }: ArmSizes,
  side: 'more' | 'fewer',
): number | null {
  const [critical, reached] = [normalQuantile(1 - ALPHA / comparisons / 2), normalQuantile(POWER)]
  const missing = (other: number): number => {
    const middle = (rate + other) / 2
    const without = Math.sqrt((2 * middle * (1 - middle)) / runs)
    const apart = Math.sqrt((rate * (1 - rate) + other * (1 - other)) / runs)
    return critical * without + reached * apart - Math.abs(other - rate)
  }
  const end = side === 'more' ? 1 : 0
  if (end === rate || missing(end) > 0) return null
  // Nothing is missing at the rate itself where that is 0 or 1, which is no answer.
  return rootBetween(missing, rate + Math.sign(end - rate) * NEXT_TO, end)
}

const NEXT_TO = 1e-9
