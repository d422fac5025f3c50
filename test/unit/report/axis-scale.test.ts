import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Axis } from '../../../src/report/figure.ts'
import { axisScale, type Ends } from '../../../src/report/figures/axis-scale.ts'

const axis = (scale: Axis['scale'], title = 'total tokens'): Axis => ({ title, scale })
const labels = (of: Axis, values: readonly number[], ends: Ends = 'round') =>
  axisScale(of, values, { ticks: 6, ends }).ticks.map(({ label }) => label)

describe('the scale of an axis', () => {
  it('has round ticks with units that people read', () => {
    assert.deepEqual(labels(axis('log'), [1000, 3e6]), ['1 k', '10 k', '100 k', '1 M'])
    assert.deepEqual(labels(axis('log'), [2e4, 6e5]), ['20 k', '50 k', '100 k', '200 k', '500 k'])
    assert.deepEqual(labels(axis('log', 'cost (USD)'), [0.01, 2]), ['$0.01', '$0.03', '$0.10', '$0.30', '$1'])
    assert.deepEqual(labels(axis('linear', 'cost (USD)'), [0.1, 1.9]), [
      '$0.00',
      '$0.50',
      '$1.00',
      '$1.50',
      '$2.00',
    ])
    assert.deepEqual(labels(axis('linear'), [0, 1.4e6]), ['0', '500 k', '1 M', '1.5 M'])
    assert.deepEqual(labels(axis('share', 'resolved'), [0.1, 0.9]), [
      '0 %',
      '20 %',
      '40 %',
      '60 %',
      '80 %',
      '100 %',
    ])
    assert.deepEqual(labels(axis('share', 'infrastructure errors'), [0.005, 0.058]), [
      '0 %',
      '2 %',
      '4 %',
      '6 %',
    ])
    assert.deepEqual(labels(axis('linear', 'difference (USD)'), [-0.3, 0.2]), [
      '−$0.30',
      '−$0.20',
      '−$0.10',
      '$0.00',
      '$0.10',
      '$0.20',
    ])
  })

  it('begins bars at 0, and ends curves where their points do', () => {
    assert.equal(axisScale(axis('linear'), [90, 100], { ticks: 6, ends: 'zero' }).domain[0], 0)
    assert.deepEqual(axisScale(axis('linear'), [3, 197], { ticks: 6, ends: 'tight' }).domain, [3, 197])
    assert.deepEqual(labels(axis('linear', 'phase'), [1, 2, 3, 4, 5], 'tight'), ['1', '2', '3', '4', '5'])
  })

  it('shows every value within it, at most as many ticks as there is room for, and ticks within its ends', () => {
    const positive = fc.double({ min: 1e-6, max: 1e12, noNaN: true })
    const any = fc.double({ min: -1e12, max: 1e12, noNaN: true })
    const cases = fc.oneof(
      fc.tuple(fc.constant<Axis['scale']>('log'), fc.array(positive, { maxLength: 8 })),
      fc.tuple(fc.constantFrom<Axis['scale']>('linear', 'share'), fc.array(any, { maxLength: 8 })),
    )
    const ends = fc.constantFrom<Ends>('round', 'zero', 'tight')
    fc.assert(
      fc.property(cases, ends, fc.integer({ min: 4, max: 12 }), ([scale, values], end, ticks) => {
        const { domain, ticks: drawn, share } = axisScale(axis(scale), values, { ticks, ends: end })
        assert.ok(domain[0] < domain[1])
        assert.ok(values.every((value) => value >= domain[0] && value <= domain[1]))
        assert.ok(drawn.length <= Math.max(ticks, end === 'tight' ? 11 : 0))
        assert.ok(drawn.every(({ at }) => at >= domain[0] && at <= domain[1]))
        assert.deepEqual([share(domain[0]), share(domain[1])], [0, 1])
      }),
    )
  })
})
