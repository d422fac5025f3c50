import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Chart } from '../../../src/report/figure.ts'
import { drawFigure } from '../../../src/report/figures/figure-svg.ts'
import { limitChart } from '../../../src/report/figures/limits.ts'
import { readFonts } from '../../../src/report/figures/read-fonts.ts'
import { thinned } from '../../../src/report/figures/thinning.ts'
import { figure } from '../../fixtures/report.ts'

const axis = { title: 'tokens', scale: 'linear' } as const
const log = { title: 'tokens', scale: 'log' } as const
const limit = (chart: Chart) => limitChart(figure('made', chart))
const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, j) => make(j))

describe('a chart of too much', () => {
  it('draws 1,500 marks, evenly chosen, and says of how many', () => {
    const points = many(10_602, (x) => ({ x, y: x, series: 'a' }))
    const { chart, notes } = limit({ kind: 'points', x: axis, y: axis, points })
    assert.ok(chart.kind === 'points')
    assert.deepEqual([chart.points.length, chart.points[0]?.x, chart.points.at(-1)?.x], [1500, 0, 10_601])
    assert.deepEqual(notes, ['1,500 of 10,602 marks are drawn, evenly chosen.'])
  })

  it('leaves what is 0 or below off a logarithmic axis, and says so', () => {
    const points = [-1, 0, 1, 10].map((x) => ({ x, y: 1, series: 'a' }))
    const { chart, notes } = limit({
      kind: 'points',
      x: log,
      y: axis,
      points,
      rules: [{ axis: 'x', at: 0, label: 'none' }],
    })
    assert.ok(chart.kind === 'points')
    assert.deepEqual([chart.points.length, chart.rules], [2, []])
    assert.deepEqual(notes, ['2 marks at 0 or below are not on the logarithmic axis.'])
  })

  it('draws 24 lines, 60 bars, 40 stacks of 8 parts and 40 rows of 12 columns, and says so', () => {
    const lines = many(30, (j) => ({ series: `${j}`, points: [{ x: 1, y: 1 }] }))
    assert.deepEqual(limit({ kind: 'lines', x: axis, y: axis, lines }).notes, ['24 of 30 lines are drawn.'])
    const bars = many(100, (j) => ({ name: `${j}`, value: j }))
    assert.deepEqual(limit({ kind: 'bars', value: axis, mark: 'bars', bars }).notes, [
      '60 of 100 values are drawn.',
    ])
    const stacks = many(50, (j) => ({ name: `${j}`, parts: many(11, (k) => ({ series: `${k}`, value: 1 })) }))
    const stacked = limit({ kind: 'stacks', value: axis, normalised: false, stacks })
    assert.deepEqual(stacked.notes, ['40 of 50 rows are drawn.', '7 of 11 parts have a colour of their own.'])
    assert.ok(stacked.chart.kind === 'stacks')
    assert.deepEqual(stacked.chart.stacks[0]?.parts.at(-1), { series: 'all other', value: 4 })
    const cells = many(50 * 15, (j) => ({ value: j, text: `${j}` }))
    const heat = limit({ kind: 'heat', rows: many(50, String), columns: many(15, String), cells })
    assert.deepEqual(heat.notes, ['40 of 50 rows are drawn.', '12 of 15 columns are drawn.'])
    assert.ok(heat.chart.kind === 'heat')
    assert.deepEqual(heat.chart.cells[12], { value: 15, text: '15' })
  })

  it('draws no bands where there are many, and says so', () => {
    const lines = many(6, (j) => ({ series: `${j}`, points: [{ x: 1, y: 1, low: 0, high: 2 }] }))
    assert.match(limit({ kind: 'lines', x: axis, y: axis, lines }).notes.join(), /Intervals are not drawn/)
  })

  it('draws no error bars where there are many marks, and says so', () => {
    const points = many(61, (x) => ({ x, y: 1, low: 0, high: 2, series: 'a', label: 'b' }))
    const { chart, notes } = limit({ kind: 'points', x: axis, y: axis, points })
    assert.ok(chart.kind === 'points')
    assert.deepEqual(chart.points[0], { x: 0, y: 1, series: 'a', label: 'b' })
    assert.match(notes.join(), /Intervals are not drawn/)
  })

  it('says which labels have no room', async () => {
    const points = many(60, () => ({ x: 5, y: 5, series: 'a', label: 'a name that is long' }))
    const { notes } = await drawFigure(
      figure('made', { kind: 'points', x: axis, y: axis, points }),
      readFonts(),
    )
    assert.match(notes.join(), /^\d+ labels have no room\.$/)
  })

  it('is said to be whole where all of it is drawn', () => {
    assert.deepEqual(
      limit({ kind: 'points', x: axis, y: axis, points: [{ x: 1, y: 1, series: 'a' }] }).notes,
      [],
    )
  })
})

describe('a thinned curve', () => {
  it('keeps its ends, its least and its greatest value, and the order', () => {
    const curve = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1300, maxLength: 3000 })
    fc.assert(
      fc.property(curve, (values) => {
        const points = values.map((y, x) => ({ x: x + 1, y }))
        const kept = thinned(points, false)
        assert.ok(kept.length <= 1604)
        assert.deepEqual([kept[0], kept.at(-1)], [points[0], points.at(-1)])
        for (const end of [Math.min, Math.max]) {
          assert.equal(
            kept.map(({ y }) => y).reduce((a, b) => end(a, b)),
            values.reduce((a, b) => end(a, b)),
          )
        }
        assert.ok(kept.every(({ x }, j) => j === 0 || x > (kept[j - 1]?.x ?? 0)))
      }),
      { numRuns: 20 },
    )
  })

  it('is left as it is where it is short', () => {
    const points = many(500, (x) => ({ x, y: x }))
    assert.equal(thinned(points, false), points)
  })
})
