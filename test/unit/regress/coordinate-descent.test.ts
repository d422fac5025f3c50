import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { coordinateDescent } from '../../../src/regress/coordinate-descent.ts'
import { normalCumulative, normalDensity } from '../../../src/regress/normal.ts'
import { SparseBuilder } from '../../../src/regress/sparse-builder.ts'
import { stackRows } from '../../../src/regress/sparse-vector.ts'

describe('descent along coordinates', () => {
  it('finds the lowest point of a bowl whose axes lean', () => {
    const f = ([x = 0, y = 0]: readonly number[]) => (x - 2) ** 2 + 3 * (y + 1) ** 2 + 0.5 * (x - 2) * (y + 1)
    const [x = 0, y = 0] = coordinateDescent(f, [0, 0], { steps: [1, 0.5, 0.25, 0.1, 0.05] })
    assert.ok(Math.abs(x - 2) < 0.01 && Math.abs(y + 1) < 0.01, `${x}, ${y}`)
  })

  it('never goes to a higher value, and stays where none is lower', () => {
    const bumpy = ([x = 0]: readonly number[]) => Math.sin(7 * x) + x * x
    for (const from of [-2, -0.3, 0.1, 1.7]) {
      const to = coordinateDescent(bumpy, [from], { steps: [1, 0.3] })
      assert.ok(bumpy(to) <= bumpy([from]))
    }
    assert.deepEqual(
      coordinateDescent(([x = 0]) => Math.abs(x), [0], { steps: [1] }),
      [0],
    )
  })
})

/** scipy.stats.norm.cdf and pdf, SciPy 1.17. */
describe('the normal distribution', () => {
  it('has the values of SciPy', () => {
    for (const [x, cdf, pdf] of [
      [0, 0.5, 0.3989422804014327],
      [1.96, 0.9750021048517795, 0.058440944333451476],
      [-3, 0.0013498980316300933, 0.004431848411938008],
      [0.5, 0.6914624612740131, 0.3520653267642995],
    ] as const) {
      assert.ok(Math.abs(normalCumulative(x) - cdf) < 1e-14, `${x}: ${normalCumulative(x)}`)
      assert.ok(Math.abs(normalDensity(x) - pdf) < 1e-15, `${x}`)
    }
    assert.deepEqual([normalCumulative(-40), normalCumulative(40)], [0, 1])
  })
})

describe('a table made row by row', () => {
  it('is that of whole rows, however long it gets', () => {
    const rows = Array.from({ length: 900 }, (_, i) => ({
      indices: Int32Array.from([0, 1 + (i % 3), 5]),
      values: Float64Array.from([i, -i, 1 / (i + 1)]),
    }))
    const builder = new SparseBuilder(6)
    for (const { indices, values } of rows) {
      for (const [k, column] of indices.entries()) builder.put(column, values[k] as number)
      builder.endRow()
    }
    assert.deepEqual(builder.finish(), stackRows(rows, 6))
  })
})
