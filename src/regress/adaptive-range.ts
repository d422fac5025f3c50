import { CUSUM_AT_REST, type Cusum, cusumAfter } from './cusum.ts'
import { normalQuantile } from './normal.ts'

/** A run beside the range that was forecast of it before it, as it was before any correction. All in log10 tokens. */
export interface RangedRun {
  readonly actual: number
  readonly p10: number
  readonly p50: number
  readonly p90: number
  /** It was stopped: it would have spent `actual` or more. */
  readonly isCapped: boolean
}

/** How ranges of 8 in 10 are to be corrected, and what it takes to go on. Plain JSON. */
export interface AdaptiveRange {
  /** That were learnt from. */
  readonly runs: number
  /** To be added to the whole forecast, in log10 tokens. */
  readonly shift: number
  /** Factors on the distances of p10 and p90 from p50. */
  readonly lower: number
  readonly upper: number
  /** Variance of what is known of the level, in units of the variance of a run. */
  readonly looseness: number
  readonly change: Cusum
}

/** Step of the logarithm of a factor, by a miss; see `followed`. */
export const RANGE_STEP = 0.35
/** Each end is to be missed so often. */
const MISS = 0.1
/** The step grows to its full size over so many runs: a few runs change little. */
const WARM_UP_RUNS = 20
/** Factors beyond are the work of something that is no forecast. */
const MOST_FACTOR = 100
/** Of a half range whose outcomes all are the same: a factor of 1.02. */
const LEAST_HALF = 0.01

/** At first the level is known within so much of the variance of a run, and after a change within so much. */
const FIRST_LOOSENESS = 0.05
const CHANGED_LOOSENESS = 0.15
/** By so much it grows with each run: the level may drift. A lasting gain of 1 in 45. */
const DRIFT = 0.0005
/** One run moves the level at most as one so many standard deviations away. */
const MOST_DEVIATION = 2
/** A change is assumed when a cumulative sum exceeds this: on runs that do not change, once in some 3,000. */
const CHANGE_SLACK = 0.5
const CHANGE_LIMIT = 6

/** Standard deviations from the median to the ends of the range of 8 in 10, were errors normal. */
const END = normalQuantile(1 - MISS)

export const NOT_ADAPTED: AdaptiveRange = {
  ...{ runs: 0, shift: 0, lower: 1, upper: 1 },
  looseness: FIRST_LOOSENESS,
  change: CUSUM_AT_REST,
}

/**
 * One more run. Two things follow it. The level (`shift`): a local level filter on residuals, cut off against heavy tails,
 * made fast again where cumulative sums tell a change. The ends (`lower`, `upper`): online quantile tracking, that is
 * adaptive conformal inference (Gibbs and Candès 2021) as the quantile tracker of conformal PID control (Angelopoulos,
 * Candès and Tibshirani 2023), on logarithms: log factor += step × (missed − 0.1), for each end by itself.
 *
 * Guaranteed, whatever the runs are: sum the updates, and over any T runs (past the first 20, and within the limits)
 *
 *     share missed − 0.2 = (Δ log lower + Δ log upper) / (step × T).
 *
 * So the range covers 76 – 84 % of any 200 runs at whose ends lower × upper differs by less than a factor of
 * e^(.04 × .35 × 200) = 16. No number of independent runs has this: of 200 that are each covered with 80 %, a share
 * within 76 – 84 % is had 5 times in 6 only. It comes from each miss making the next one less likely, and its price is
 * that the ends move: on normal errors a range is 7 % wider on average than one that knew the truth. A smaller step is
 * cheaper and holds less: the price is about step / 5, and the misses of a window vary by √(.2 / (.23 × step)).
 *
 * A run that was stopped is evidence only where it is above the range already; what others would have spent is not known.
 */
export function followed(state: AdaptiveRange, run: RangedRun): AdaptiveRange {
  const below = Math.max(LEAST_HALF, run.p50 - run.p10) * state.lower
  const above = Math.max(LEAST_HALF, run.p90 - run.p50) * state.upper
  const error = run.actual - run.p50 - state.shift
  if (run.isCapped && error <= above) return state
  const step = RANGE_STEP * Math.min(1, (state.runs + 1) / WARM_UP_RUNS)
  return {
    runs: state.runs + 1,
    lower: moved(state.lower, step, error < -below),
    upper: moved(state.upper, step, error > above),
    ...levelAfter(state, error, (error < 0 ? below : above) / END),
  }
}

function moved(factor: number, step: number, isMissed: boolean): number {
  const next = factor * Math.exp(step * (Number(isMissed) - MISS))
  return Math.min(MOST_FACTOR, Math.max(1 / MOST_FACTOR, next))
}

/** The scalar Kalman filter of a random walk, in standard deviations of a run. */
function levelAfter(
  { shift, looseness, change }: AdaptiveRange,
  error: number,
  sd: number,
): Pick<AdaptiveRange, 'shift' | 'looseness' | 'change'> {
  const deviation = Math.min(MOST_DEVIATION, Math.max(-MOST_DEVIATION, error / sd))
  const loose = looseness + DRIFT
  const gain = loose / (loose + 1)
  const next = { shift: shift + gain * deviation * sd, looseness: loose * (1 - gain) }
  const sums = cusumAfter(change, deviation, CHANGE_SLACK)
  const isChanged = Math.max(sums.rise.sum, sums.fall.sum) > CHANGE_LIMIT
  return isChanged
    ? { ...next, looseness: CHANGED_LOOSENESS, change: CUSUM_AT_REST }
    : { ...next, change: sums }
}
