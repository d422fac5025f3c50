import { againstRaw, type FollowedRun } from '../forecast/follow-runs.ts'
import { coverageAlarm } from '../metrics/coverage-alarm.ts'
import { type LevelChange, levelChange } from '../metrics/level-change.ts'
import { type AdaptiveRange, followed, NOT_ADAPTED } from '../regress/adaptive-range.ts'
import { normalQuantile } from '../regress/normal.ts'
import { quantile } from '../regress/quantile.ts'
import type { Alarm } from './alarm.ts'

/** The runs of an agent with a model that were forecast by the bundle in force, in the order they began. */
export interface PairHistory {
  readonly agent: string
  readonly model: string
  readonly runs: readonly FollowedRun[]
}

const CLAIM = 0.8
const TRAIN = 'train anew on what runs spent: `foretoken train --from-store`'

/** Whether ranges, as they were given out, hold what they say. Null = they do, as far as can be told. */
export function coverageAlarmOf({ agent, model, runs }: PairHistory): Alarm | null {
  const counted = runs.flatMap((run) => {
    const isInside = insideOf(run)
    return isInside === null ? [] : [{ run, isInside }]
  })
  const found = coverageAlarm(
    counted.map(({ isInside }) => isInside),
    CLAIM,
  )
  if (found === null) return null
  const share = `${Math.round((100 * found.covered) / found.runs)} %`
  return {
    ...{ kind: 'coverage', agent, model, since: counted[found.since]?.run.startedAt ?? null },
    message: `the ranges of 8 in 10 of ${model} with ${agent} held ${share} of the newest ${found.runs} runs, ${found.covered} of them (exact p ${found.p.toPrecision(1)})`,
    fix: `make forecasts right before their runs, with --calibration on; or ${TRAIN}`,
  }
}

/** Of total tokens; null = it cannot be said. One that was stopped tells something only where it is above. */
function insideOf({ actual, isCapped, forecast }: FollowedRun): boolean | null {
  const { p10, p90 } = forecast.total
  if (actual.total === null) return null
  if (actual.total > p90) return false
  return isCapped ? null : actual.total >= p10
}

/** A pair whose level is not what its bundle forecasts any more. */
export interface PairDrift {
  readonly change: LevelChange
  /** ISO 8601. */
  readonly since: string
  /** Spent : forecast since then, the median. */
  readonly factor: number
  readonly runs: number
}

/** Whether runs spend other than the bundle alone forecasts, in total tokens. Null = no, as far as can be told. */
export function driftOf({ runs }: PairHistory): PairDrift | null {
  const held = standardisedErrors(runs)
  const change = levelChange(held.map(({ deviation }) => deviation))
  const first = held[change?.since ?? 0]
  if (change === null || first === undefined) return null
  const after = held.slice(change.since)
  const factor =
    10 **
    quantile(
      Float64Array.from(after, ({ error }) => error),
      0.5,
    )
  return { change, since: first.startedAt, factor, runs: after.length }
}

const END = normalQuantile(0.9)

/**
 * Errors of the bundle alone in standard deviations: of its range, or as much wider as the runs before have shown it should
 * be. A range that is too narrow is no change of the level.
 */
function standardisedErrors(runs: readonly FollowedRun[]) {
  let state: AdaptiveRange = NOT_ADAPTED
  return runs.flatMap((run) => {
    const held = againstRaw(run, 'total')
    const before = state
    if (held === null) return []
    state = followed(before, held)
    if (state === before) return []
    const error = held.actual - held.p50
    const half = error < 0 ? held.p50 - held.p10 : held.p90 - held.p50
    const sd = (Math.max(LEAST_HALF, half) * Math.max(1, Math.sqrt(before.lower * before.upper))) / END
    return [{ startedAt: run.startedAt, error, deviation: error / sd }]
  })
}

/** Outcomes that all are the same have no spread to measure by. */
const LEAST_HALF = 0.01

export function driftAlarmOf({ agent, model }: PairHistory, { since, factor, runs }: PairDrift): Alarm {
  return {
    ...{ kind: 'drift', agent, model, since },
    message: `${model} with ${agent} spends × ${factor.toFixed(2)} of what its bundle forecasts, since ${since.slice(0, 10)} (${runs} runs)`,
    fix: `forecasts follow it meanwhile; ${TRAIN}`,
  }
}
