import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type FollowedRun, followRuns } from '../../../src/forecast/follow-runs.ts'

const CORRECTED = { runs: 5, shift: 0, lower: 1, upper: 1 }
const ENDS = { p10: 1e5, p50: 1e6, p90: 1e7 }

/** A run each minute, of a million tokens, known when it begins; forecast a second before. */
const run = (
  i: number,
  more: Partial<FollowedRun> = {},
  forecast: Partial<FollowedRun['forecast']> = {},
): FollowedRun => ({
  startedAt: new Date(i * 60_000).toISOString(),
  knownMs: i * 60_000,
  actual: { output: null, total: 1e6 },
  isCapped: false,
  forecast: {
    ...{ madeMs: i * 60_000 - 1000, output: ENDS, total: ENDS },
    ...{ calibration: { total: CORRECTED, output: null } },
    ...forecast,
  },
  ...more,
})
const totalOf = (runs: readonly FollowedRun[]) => followRuns(runs)?.total ?? null

describe('runs that forecasts follow', () => {
  it('say nothing where there are none, or their tokens are not known', () => {
    assert.equal(followRuns([]), null)
    assert.equal(followRuns([run(0, { actual: { output: null, total: null } })]), null)
    assert.equal(followRuns([run(0)])?.output, null)
  })

  it('are held against the range that was given out: a narrow one is widened by what it missed', () => {
    const narrow = { p10: 1.1e6, p50: 1.2e6, p90: 1.3e6 }
    const fresh = Array.from({ length: 40 }, (_, i) => run(i, {}, { total: narrow }))
    const untold = fresh.map((one) => ({ ...one, forecast: { ...one.forecast, calibration: null } }))
    assert.ok((totalOf(fresh)?.lower ?? 0) > 5, JSON.stringify(totalOf(fresh)))
    // Without a correction of its own, what counts is the range that would be given out now.
    assert.ok((totalOf(untold)?.lower ?? 99) < 5, JSON.stringify(totalOf(untold)))
  })

  it('do not widen it on and on for forecasts that were made long before', () => {
    const narrow = { p10: 1.1e6, p50: 1.2e6, p90: 1.3e6 }
    const ahead = Array.from({ length: 40 }, (_, i) => run(i, {}, { total: narrow, madeMs: 0 }))
    assert.ok((totalOf(ahead)?.lower ?? 99) < 6, JSON.stringify(totalOf(ahead)))
  })

  it('are known when they have ended and are in the store', () => {
    const narrow = { p10: 1.1e6, p50: 1.2e6, p90: 1.3e6 }
    const late = Array.from({ length: 40 }, (_, i) => run(i, { knownMs: 1e9 }, { total: narrow }))
    assert.deepEqual(
      totalOf(late)?.lower,
      totalOf(late.map((one) => ({ ...one, forecast: { ...one.forecast, madeMs: 0 } })))?.lower,
    )
  })
})
