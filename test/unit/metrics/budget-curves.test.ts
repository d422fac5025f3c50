import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { effectiveness } from '../../../src/metrics/effectiveness.ts'
import { kaplanMeier, shareBy } from '../../../src/metrics/kaplan-meier.ts'
import { resolutionAt, resolutionCurve, resolvedWithin } from '../../../src/metrics/resolution-curve.ts'
import { wilsonInterval } from '../../../src/metrics/wilson.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

describe('kaplanMeier', () => {
  for (const { times, observed, at, atRisk, events, survival, low, high } of reference.survival) {
    it(`agrees with lifelines on ${times.length} runs`, () => {
      const curve = kaplanMeier(times, observed, 0.9)
      assert.deepEqual([[...curve.times], [...curve.atRisk], [...curve.events]], [at, atRisk, events])
      close(curve.survival, survival, 1e-12)
      const known = survival.filter((share) => share > 0).length
      close(curve.low.slice(0, known), low.slice(0, known), 1e-10)
      close(curve.high.slice(0, known), high.slice(0, known), 1e-10)
    })
  }

  const curve = kaplanMeier([3, 5, 5, 8, 9], [1, 1, 0, 0, 0])

  it('tells the share that had the event by a time, as a step', () => {
    assert.deepEqual(
      [3, 4.9, 5, 9].map((time) => shareBy(curve, time).estimate.toFixed(3)),
      ['0.200', '0.200', '0.400', '0.400'],
    )
    const { low, estimate, high } = shareBy(curve, 7)
    assert.ok(low < estimate && estimate < high)
  })

  it('gives the interval of Wilson before the first event, where Greenwood has no variance', () => {
    assert.deepEqual(shareBy(curve, 1), { estimate: 0, ...wilsonInterval(0, 5) })
  })

  it('knows nothing beyond the last time, unless all had the event or gave up for good', () => {
    refuses(() => shareBy(curve, 9.5), 'too-little-data', /beyond 9, let alone 9\.5/)
    assert.equal(shareBy(kaplanMeier([1, 2], [1, 1]), 99).estimate, 1)
    assert.equal(shareBy(kaplanMeier([1, Number.POSITIVE_INFINITY], [1, 0]), 99).estimate, 0.5)
  })

  it('has no narrower an interval after the last event than before it', () => {
    const all = kaplanMeier([1, 2, 3], [1, 1, 1])
    assert.deepEqual([all.survival[2], all.low[2], all.high[2]], [0, 0, all.high[1]])
    const once = kaplanMeier([4, 4], [1, 1])
    assert.equal(once.high[0], wilsonInterval(0, 2).high)
  })

  it('refuses no run, unknown times and events that never were', () => {
    refuses(() => kaplanMeier([], []), 'too-little-data', /0 runs/)
    refuses(() => kaplanMeier([1], [1, 0]), 'data-malformed', /1 times and 2/)
    refuses(() => kaplanMeier([Number.NaN], [1]), 'data-malformed', /row 0 holds NaN/)
    refuses(() => kaplanMeier([1], [0.5]), 'data-malformed', /0\.5/)
    refuses(() => kaplanMeier([Number.POSITIVE_INFINITY], [1]), 'data-malformed', /row 0 was at Infinity/)
  })
})

describe('resolutionCurve', () => {
  const amounts = [7, 2, 9, 2, 4, 1]
  const resolved = [1, 1, 0, 1, 0, 0]

  it('rises by each resolved episode over all episodes', () => {
    const curve = resolutionCurve(amounts, resolved)
    assert.deepEqual([[...curve.amounts], [...curve.shares], curve.n], [[2, 7], [2 / 6, 3 / 6], 6])
    assert.deepEqual(
      [1.9, 2, 6, 7, 1e9].map((budget) => resolutionAt(curve, budget)),
      [0, 2 / 6, 2 / 6, 0.5, 0.5],
    )
  })

  it('marks the episodes that count at a budget', () => {
    assert.deepEqual([...resolvedWithin(amounts, resolved, 6)], [0, 1, 0, 1, 0, 0])
  })

  it('is 0 at any budget where none is resolved', () => {
    assert.equal(resolutionAt(resolutionCurve([1, 2], [0, 0]), 5), 0)
  })

  it('refuses unknown amounts and shares as outcomes', () => {
    refuses(() => resolutionCurve([1, Number.NaN], [1, 0]), 'data-malformed', /row 1 holds NaN/)
    refuses(() => resolutionCurve([1, 2], [1, 0.5]), 'data-malformed', /episode 1 holds 2 and 0\.5/)
    refuses(() => resolvedWithin([-1], [1], 2), 'data-malformed', /episode 0 holds -1/)
  })
})

describe('effectiveness', () => {
  it('pays a resolved episode for what it leaves of the cap', () => {
    assert.deepEqual([...effectiveness([0, 25, 100, 250, 10], [1, 1, 1, 1, 0], 100)], [1, 0.75, 0, 0, 0])
  })

  it('refuses a cap of nothing', () =>
    refuses(() => effectiveness([1], [1], 0), 'data-malformed', /cap of 0/))
})
