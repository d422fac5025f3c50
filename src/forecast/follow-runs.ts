import { type AdaptiveRange, followed, NOT_ADAPTED, type RangedRun } from '../regress/adaptive-range.ts'
import { type PairCalibration, type RangeCalibration, uncalibratedLog10 } from './recalibrated.ts'

/** A run beside the forecast that stood when it began. */
export interface FollowedRun {
  /** ISO 8601. */
  readonly startedAt: string
  /** When forecasts could follow it at the earliest: it had ended, and was in the store. Milliseconds since the epoch. */
  readonly knownMs: number
  /** Null = not known. */
  readonly actual: { readonly output: number | null; readonly total: number | null }
  /** It was stopped, or not all was told: it is "at least". */
  readonly isCapped: boolean
  /** Tokens, as they were given out: corrected by `calibration`. */
  readonly forecast: {
    /** Milliseconds since the epoch. */
    readonly madeMs: number
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

/** So many runs of a pair are learnt from, the newest. */
export const MOST_FOLLOWED_RUNS = 1000
/** Where runs before them are left out, so many find the state that those would have left; it forgets within some 50. */
const FINDING_RUNS = 200
/** A forecast that did not know of more of the runs before it was made too long before. */
const MOST_UNKNOWN = 8
/** So far back is looked for runs that a forecast did not know of. */
const MOST_BACK = 64

function calibrationOf(runs: readonly FollowedRun[], quantity: FollowedQuantity): RangeCalibration | null {
  const firstTold = runs.length < MOST_FOLLOWED_RUNS ? 0 : FINDING_RUNS
  const state = runs.reduce<AdaptiveRange>((before, run, i) => {
    const held = againstRaw(run, quantity)
    if (held === null) return before
    const told = i >= firstTold && isFresh(runs, i) ? placeOf(run, quantity) : null
    return followed(before, { ...held, told })
  }, NOT_ADAPTED)
  return state.runs === 0 ? null : told(state)
}

/** Whether a forecast knew of nearly all runs before it. */
function isFresh(runs: readonly FollowedRun[], i: number): boolean {
  const madeMs = runs[i]?.forecast.madeMs ?? 0
  let unknown = 0
  for (const { knownMs } of runs.slice(Math.max(0, i - MOST_BACK), i)) if (knownMs > madeMs) unknown++
  return unknown <= MOST_UNKNOWN
}

/** Where a run lies of the range that was given out; null = that was not one that follows runs. */
function placeOf({ actual, forecast }: FollowedRun, quantity: FollowedQuantity): RangedRun['told'] {
  const spent = actual[quantity]
  if (spent === null || forecast.calibration?.[quantity] == null) return null
  if (spent > forecast[quantity].p90) return 'above'
  return spent < forecast[quantity].p10 ? 'below' : 'inside'
}

/** A run against the forecast as the bundle alone made it, in log10 tokens; null = one of the two is not known. */
export function againstRaw(
  { actual, isCapped, forecast }: FollowedRun,
  quantity: FollowedQuantity,
): RangedRun | null {
  const spent = actual[quantity]
  const ends = forecast[quantity]
  if (spent === null || spent <= 0 || ends.p10 <= 0) return null
  const calibration = forecast.calibration?.[quantity] ?? AS_IT_WAS
  return { actual: Math.log10(spent), isCapped, told: null, ...uncalibratedLog10(ends, calibration) }
}

const AS_IT_WAS = { shift: 0, lower: 1, upper: 1 }

/** Rounded first, applied then: what a forecast says of its correction is exactly what was done. */
const told = ({ runs, shift, lower, upper }: AdaptiveRange): RangeCalibration => ({
  runs,
  shift: Number(shift.toFixed(4)),
  lower: Number(lower.toPrecision(4)),
  upper: Number(upper.toPrecision(4)),
})
