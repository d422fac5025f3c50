import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pearson } from '../../../src/metrics/pearson.ts'
import { pearsonOfRows } from '../../../src/metrics/pearson-rows.ts'

const x = Float64Array.of(1, 4, 2, 8, 5, Number.NaN)
const y = Float64Array.of(2, 3, 1, 9, 4, 7)

describe('pearsonOfRows', () => {
  it('equals Pearson of the chosen rows, repeated as often as they are named', () => {
    const rows = [0, 3, 3, 1, 4]
    const picked = (values: Float64Array) => rows.map((row) => values[row] as number)
    assert.ok(Math.abs(pearsonOfRows(x, y, rows) - pearson(picked(x), picked(y))) < 1e-12)
  })

  it('leaves out rows where a value is missing', () => {
    assert.equal(pearsonOfRows(x, y, [0, 1, 2, 5]), pearsonOfRows(x, y, [0, 1, 2]))
  })

  it('refuses rows without spread', () => {
    assert.throws(() => pearsonOfRows(x, y, [1, 1, 1]), { code: 'too-little-data' })
  })
})
