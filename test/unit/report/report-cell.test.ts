import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Cell, Unit } from '../../../src/report/document.ts'
import { cellText } from '../../../src/report/report-cell.ts'

const shown = (cell: Cell, unit: Unit) => cellText(cell, { key: 'k', head: 'h', unit }, { id: 't' })
const main = (cell: Cell, unit: Unit) => shown(cell, unit).main
const units: readonly Unit[] = [
  'count',
  'share',
  'points',
  'tokens',
  'usd',
  'seconds',
  'factor',
  'r',
  'p',
  'number',
]

describe('a cell in words', () => {
  it('has its figure in the unit of its column', () => {
    assert.equal(main(0.674, 'share'), '67.4 %')
    assert.equal(main(0.031, 'points'), '+3.1 pp')
    assert.equal(main(-0.031, 'points'), '−3.1 pp')
    assert.equal(main(1_012_345, 'tokens'), '1.01 M')
    assert.equal(main(0.352, 'usd'), '$0.35')
    assert.equal(main(310, 'seconds'), '5 min 10 s')
    assert.equal(main(1.4, 'factor'), '× 1.4')
    assert.equal(main(0.384, 'r'), '.38')
    assert.equal(main(-0.2, 'r'), '−.20')
    assert.equal(main(0.0301, 'p'), 'p = .03')
    assert.equal(main(0.0004, 'p'), 'p < .001')
    assert.equal(main(10602, 'count'), '10,602')
    assert.equal(main(3.1419, 'number'), '3.14')
    assert.equal(main('gpt-5', 'text'), 'gpt-5')
  })

  it('has seconds, minutes, hours and days', () => {
    assert.deepEqual(
      [0, 2.34, 59.99, 60, 119.7, 3599.6, 7260, 90_000].map((seconds) => main(seconds, 'seconds')),
      ['0 s', '2.34 s', '60 s', '1 min 0 s', '2 min 0 s', '1 h 0 min', '2 h 1 min', '1 d 1 h'],
    )
  })

  it('never rounds a share to nothing or to all, nor shows the sign of what is rounded to 0', () => {
    assert.equal(main(0.00042, 'share'), '0.042 %')
    assert.equal(main(0.9999, 'share'), '>99.9 %')
    assert.equal(main(1, 'share'), '100.0 %')
    assert.equal(main(0.0001, 'points'), '±0.0 pp')
    assert.equal(main(-0.001, 'r'), '.00')
  })

  it('tells p near .05 in three decimals', () => {
    assert.deepEqual(
      [0.049, 0.05, 0.051, 0.0999, 0.4, 0.996].map((p) => main(p, 'p')),
      ['p = .049', 'p = .05', 'p = .051', 'p = .10', 'p = .40', 'p > .99'],
    )
  })

  it('has its interval in the same unit', () => {
    const interval = (estimate: number, low: number | null, high: number | null, unit: Unit) =>
      shown({ estimate, low, high, n: 9 }, unit).interval
    assert.equal(interval(0.674, 0.601, 0.731, 'share'), '[60.1, 73.1]')
    assert.equal(interval(0.031, -0.012, 0.074, 'points'), '[−1.2, +7.4]')
    assert.equal(interval(1e6, 9e5, 1.2e6, 'tokens'), '[900 k, 1.20 M]')
    assert.equal(interval(0.35, 0.3, 0.42, 'usd'), '[$0.30, $0.42]')
    assert.equal(interval(1.4, 1.2, 1.7, 'factor'), '[1.2, 1.7]')
    assert.equal(interval(0.67, 0.6, 0.73, 'r'), '[.60, .73]')
    assert.equal(interval(0.67, null, null, 'r'), null)
    assert.equal(interval(0.67, 0.6, null, 'r'), '[.60, ?]')
  })

  it('is a dash with its reason where nothing can be said', () => {
    assert.deepEqual(shown({ unsaid: 'no prices' }, 'usd'), {
      kind: 'unsaid',
      main: '–',
      interval: null,
      reason: 'no prices',
    })
  })

  it('refuses what is not finite, and names its table and column', () => {
    for (const cell of [
      NaN,
      Infinity,
      { estimate: 1, low: NaN, high: 2, n: 1 },
      { estimate: 1, low: 0, high: 2, n: NaN },
    ]) {
      assert.throws(() => shown(cell, 'usd'), /table t, column k/)
    }
  })

  it('shows every finite figure without an exponent, NaN or a broken zero', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e14, max: 1e14, noNaN: true }),
        fc.constantFrom(...units),
        (figure, unit) => {
          assert.doesNotMatch(main(figure, unit), /NaN|Infinity|undefined|\de[+-]?\d|^−\D*0*\.?0*\D*$/)
        },
      ),
    )
  })
})
