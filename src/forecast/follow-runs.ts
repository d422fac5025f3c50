import { type AdaptiveRange, followed, NOT_ADAPTED } from '../regress/adaptive-range.ts'
import { type PairCalibration, type RangeCalibration, uncalibratedLog10 } from './recalibrated.ts'

/** A run beside the forecast that stood when it began. */
export interface FollowedRun {
  /** ISO 8601. */
  readonly startedAt: string
  /** Null = not known. */
  readonly actual: { readonly output: number | null; readonly total: number | null }
  /** It was stopped, or not all was told: it is "at least". */
  readonly isCapped: boolean
  /** Tokens, as they were given out: corrected by `calibration`. */
  readonly forecast: {
    readonly output: RangeEnds
    readonly total: RangeEnds
    readonly calibration: PairCalibration | null
  }
}

/** A range of 8 in 10, and its middle. */
export interface RangeEnds {
  readonly p10: number
  readonly p50: number
  readonly p90: number
}

export const QUANTITIES = ['output', 'total'] as const
export type FollowedQuantity = (typeof QUANTITIES)[number]

/**
 * What runs of an agent with a model tell of forecasts of them, as told by one bundle. Pure: the same runs in the order
 * they began give the same answer. Null = none of them tells anything.
 */
export function followRuns(runs: readonly FollowedRun[]): PairCalibration | null {
  const [output, total] = QUANTITIES.map((quantity) => calibrationOf(runs, quantity))
  return output == null && total == null ? null : { output: output ?? null, total: total ?? null }
}

function calibrationOf(runs: readonly FollowedRun[], quantity: FollowedQuantity): RangeCalibration | null {
  const state = runs.reduce<AdaptiveRange>((before, run) => {
    const held = againstRaw(run, quantity)
    return held === null ? before : followed(before, held)
  }, NOT_ADAPTED)
  return state.runs === 0 ? null : told(state)
}

/** A run against the forecast as the bundle alone made it, in log10 tokens; null = one of the two is not known. */
export function againstRaw(
  { actual, isCapped, forecast }: FollowedRun,
  quantity: FollowedQuantity,
): (RangeEnds & { readonly actual: number; readonly isCapped: boolean }) | null {
  const spent = actual[quantity]
  const ends = forecast[quantity]
  if (spent === null || spent <= 0 || ends.p10 <= 0) return null
  const calibration = forecast.calibration?.[quantity] ?? AS_IT_WAS
  return { actual: Math.log10(spent), isCapped, ...uncalibratedLog10(ends, calibration) }
}

const AS_IT_WAS = { shift: 0, lower: 1, upper: 1 }

/** Rounded first, applied then: what a forecast says of its correction is exactly what was done. */
const told = ({ runs, shift, lower, upper }: AdaptiveRange): RangeCalibration => ({
  runs,
  shift: Number(shift.toFixed(4)),
  lower: Number(lower.toPrecision(4)),
  upper: Number(upper.toPrecision(4)),
})
