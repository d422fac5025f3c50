import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as matrix from '../../../src/regress/matrix.ts'
import { refuses } from './close.ts'

const x = matrix.fromRows([
  [1, 2, 3],
  [4, 5, 6],
])
const sparse = matrix.sparseFromRows(
  [
    new Map([
      [3, 7],
      [1, -2],
    ]),
    new Map(),
    new Map([[0, 5]]),
  ],
  4,
)

describe('matrix', () => {
  it('lies row after row', () => {
    assert.deepEqual([x.rows, x.columns, [...x.values]], [2, 3, [1, 2, 3, 4, 5, 6]])
    assert.deepEqual([...matrix.rowOf(x, 1)], [4, 5, 6])
    assert.deepEqual([...matrix.column(x, 2)], [3, 6])
  })

  it('refuses rows of different lengths', () => {
    refuses(() => matrix.fromRows([[1, 2], [3]]), 'data-malformed', /row 1 has 1 cells, row 0 has 2/)
  })

  it('selects rows and columns in the order asked, repeats included', () => {
    assert.deepEqual([...matrix.selectRows(x, [1, 0, 1]).values], [4, 5, 6, 1, 2, 3, 4, 5, 6])
    assert.deepEqual([...matrix.selectColumns(x, [2, 0]).values], [3, 1, 6, 4])
    assert.deepEqual([...matrix.select(Float64Array.of(7, 8, 9), [2, 0])], [9, 7])
  })

  it('exchanges rows and columns', () => {
    const t = matrix.transposed(x)
    assert.deepEqual([t.rows, t.columns, [...t.values]], [3, 2, [1, 4, 2, 5, 3, 6]])
  })

  it('keeps sparse rows in order of column', () => {
    assert.deepEqual([...sparse.starts], [0, 2, 2, 3])
    assert.deepEqual([...sparse.indices], [1, 3, 0])
    assert.ok(matrix.isSparse(sparse) && !matrix.isSparse(x))
  })

  it('refuses a sparse column that the table does not have', () => {
    refuses(() => matrix.sparseFromRows([new Map([[4, 1]])], 4), 'data-malformed', /column 4 .* 4 columns/)
  })

  it('says the same sparse and dense, whichever rows are selected', () => {
    const dense = matrix.toDense(sparse)
    assert.deepEqual([...dense.values], [0, -2, 0, 7, 0, 0, 0, 0, 5, 0, 0, 0])
    const rows = [2, 1, 0, 2]
    assert.deepEqual(matrix.toDense(matrix.selectSparseRows(sparse, rows)), matrix.selectRows(dense, rows))
  })
})
