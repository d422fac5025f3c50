import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatCurves, learningCurve, parseCurves } from '../../../src/learn/replay/learning-curve.ts'
import type { ReplayedForecast, ReplayedRun } from '../../../src/learn/replay/replay.ts'

/** A run whose forecasts lie so far off. */
function run(place: number, off: Readonly<Record<'shipped' | 'mean' | 'learnt', number>>): ReplayedRun {
  const actual = 5 + (place % 7) / 10
  const by = (distance: number, ranged = true): ReplayedForecast => ({
    p50: actual + distance,
    error: Math.abs(distance),
    loss: ranged ? Math.abs(distance) / 2 : null,
    covered: ranged ? Math.abs(distance) < 0.3 : null,
  })
  return {
    ...{ place, task: `t${place % 9}`, pair: 0, actual, isCut: false },
    by: {
      shipped: by(off.shipped),
      'own-mean': by(off.mean, false),
      retrained: by(off.learnt),
      followed: by(off.learnt),
    },
  }
}

describe('a learning curve', () => {
  const runs = Array.from({ length: 60 }, (_, place) => run(place, { shipped: 1, mean: -0.4, learnt: 0.1 }))
  const points = learningCurve('made', [runs, runs])

  it('tells by stretch how far off each was, and by how much less than the better of two', () => {
    const point = points.find(({ forecaster, from }) => forecaster === 'retrained' && from === 20)
    assert.ok(point !== undefined)
    assert.equal(point.runs, 60)
    assert.ok(Math.abs(point.error - 0.1) < 1e-9)
    assert.ok(Math.abs(point.change + 0.3) < 1e-9, `${point.change}`)
    assert.ok(Math.abs((point.r ?? 0) - 1) < 1e-9)
    assert.equal(point.coverage, 1)
  })

  it('knows no range of a mean', () => {
    for (const { forecaster, coverage, loss } of points)
      assert.equal(forecaster === 'own-mean', coverage === null && loss === null)
  })

  it('is the same after it was written and read, to four digits', () => {
    const again = parseCurves(formatCurves(points))
    assert.equal(formatCurves(again), formatCurves(points))
    assert.equal(again.length, points.length)
  })

  it('says which line of a table is no number', () => {
    const broken = formatCurves(points).replace(/,60,/, ',many,')
    assert.throws(() => parseCurves(broken), /replays\.csv line \d+: runs is "many"/)
  })
})
