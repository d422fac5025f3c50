import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dualRidge } from '../../../src/regress/dual-ridge.ts'
import { fromRows, type Matrix } from '../../../src/regress/matrix.ts'
import { fitPooled, type PooledParams, predictPooled } from '../../../src/regress/pooled.ts'
import { seededRandom } from '../../../src/regress/random.ts'
import { type SparseVector, sparseDot, sparseGram, stackRows } from '../../../src/regress/sparse-vector.ts'
import reference from '../../fixtures/regress/pooled-reference.json' with { type: 'json' }
import { close, reread } from './close.ts'

const sparse = (row: readonly number[]): SparseVector => {
  const used = [...row.keys()].filter((j) => row[j] !== 0)
  return { indices: Int32Array.from(used), values: Float64Array.from(used, (j) => row[j] as number) }
}
const table = (rows: readonly (readonly number[])[]) => stackRows(rows.map(sparse), rows[0]?.length ?? 0)
const { x, y, penalty, params } = reference
const target = Float64Array.from(y)

describe('a sparse table', () => {
  it('has the inner products of its rows, of all columns or the first', () => {
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, j) => sum + value * (b[j] as number), 0)
    close(
      sparseGram(table(x)),
      x.flatMap((a) => x.map((b) => dot(a, b))),
      1e-12,
    )
    const first = x.map((row) => row.slice(0, 2))
    close(
      sparseGram(table(x), 2),
      first.flatMap((a) => first.map((b) => dot(a, b))),
      1e-12,
    )
  })

  it('may have rows without a cell', () => {
    const empty = stackRows([sparse([0, 0]), sparse([0, 3])], 2)
    assert.deepEqual([...empty.starts], [0, 0, 1])
    assert.deepEqual([...sparseGram(empty)], [0, 0, 0, 9])
    assert.equal(sparseDot(sparse([0, 0]), [5, 5]), 0)
  })
})

describe('dualRidge', () => {
  it('has the weights of the plain formula', () => {
    close(dualRidge(table(x), penalty).solve(target), reference.weights, 1e-10)
  })

  it('leaves columns from `end` on without weight', () => {
    close(dualRidge(table(x), penalty, 3).solve(target), reference.firstThree, 1e-10)
  })

  it('says of each row left out what a fit without it says', () => {
    close(dualRidge(table(x), penalty).leaveOneOut(target), reference.leftOut, 1e-10)
  })
})

describe('fitPooled', () => {
  it('is what NumPy makes of its definition', () => {
    const state = reread(fitPooled(table(x), fromRows(reference.wide), params))
    close(state.shared, reference.pooled.shared, 1e-9)
    for (const [s, expected] of reference.pooled.series.entries()) {
      const { offset, slope, own } = state.series[s] as (typeof state.series)[number]
      close([offset, slope, own.intercept], [expected.offset, expected.slope, expected.intercept], 1e-9)
      close(own.weights, expected.weights, 1e-9)
    }
  })

  it('gives a series that was never observed the common level, spread and size, and no part of its own', () => {
    const unseen = reference.wide.map((row) => [...row, Number.NaN])
    const state = fitPooled(table(x), fromRows(unseen), params)
    const last = state.series[3]
    close(
      [last?.offset ?? Number.NaN, last?.slope ?? Number.NaN],
      [state.common.offset, state.common.slope],
      1e-12,
    )
    assert.ok(last?.own.weights.every((weight) => weight === 0))
    const row = sparse([0.3, -1, 0, 2, 0.5])
    close([predictPooled(state, row, 3)], [predictPooled(state, row, null)], 1e-12)
    assert.equal(predictPooled(state, row, 99), predictPooled(state, row, null))
  })

  it('draws the common level and its spread from the series', () => {
    const { common, series } = fitPooled(table(x), fromRows(reference.wide), params)
    const levels = series.map(({ offset }) => offset)
    const mean = levels.reduce((sum, level) => sum + level, 0) / 3
    close([common.offset], [mean], 1e-12)
    close(
      [common.offsetSd],
      [Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / 3)],
      1e-12,
    )
  })
})

/** Six series that follow one size; of the last, only some rows are observed. */
function followers(rows: number, observed: (size: number, i: number) => boolean) {
  const random = seededRandom(5)
  const cells = Array.from({ length: rows }, () => Array.from({ length: 6 }, random.normal))
  const sizes = cells.map((row) => row.reduce((sum, value) => sum + value, 0) / Math.sqrt(6))
  const levels = [4, 4.5, 5, 5.5, 6, 6.5]
  const truth = sizes.map((size) => levels.map((level) => level + 0.3 * size))
  const noisy = truth.map((row, i) =>
    row.map((value, s) =>
      s === 5 && !observed(sizes[i] as number, i) ? Number.NaN : value + 0.1 * random.normal(),
    ),
  )
  return { x: table(cells), truth, y: fromRows(noisy) as Matrix, rows: cells.map(sparse) }
}

const PARAMS: PooledParams = { sharedPenalty: 1, ownPenalty: 15, ownColumns: 6, priorRows: 20 }

describe('a series seen ten times', () => {
  const { x: cells, truth, y: values, rows } = followers(120, (_, i) => i < 10)
  const state = fitPooled(cells, values, PARAMS)
  const missBy = (predict: (row: SparseVector) => number) => {
    const squares = rows.slice(10).map((row, i) => (predict(row) - (truth[i + 10]?.[5] as number)) ** 2)
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
  }

  it('borrows the size from the others', () => {
    const pooled = missBy((row) => predictPooled(state, row, 5))
    const ten = Array.from({ length: 10 }, (_, i) => values.values[i * 6 + 5] as number)
    const alone = ten.reduce((sum, value) => sum + value, 0) / 10
    assert.ok(pooled < 0.12, `misses by ${pooled}`)
    assert.ok(missBy(() => alone) > 2 * pooled)
  })

  it('has its own level, not the common one', () => {
    assert.ok(Math.abs((state.series[5]?.offset as number) - 6.5) < 0.1)
    assert.ok(missBy((row) => predictPooled(state, row, null)) > 1)
  })
})

describe('a series seen only on small tasks', () => {
  it('is not taken for a cheap one', () => {
    const { x: cells, y: values } = followers(120, (size) => size < -0.5)
    const { series } = fitPooled(cells, values, PARAMS)
    const seen = [...values.values].filter((value, k) => k % 6 === 5 && !Number.isNaN(value))
    const raw = seen.reduce((sum, value) => sum + value, 0) / seen.length
    assert.ok(raw < 6.25)
    assert.ok(Math.abs((series[5]?.offset as number) - 6.5) < 0.1, `level ${series[5]?.offset}`)
  })
})

describe('hints', () => {
  const random = seededRandom(3)
  const cells = Array.from({ length: 80 }, () => [random.normal(), random.normal()])
  const secret = cells.map(() => random.normal())
  const values = fromRows(cells.map(([a = 0], i) => [5 + 0.3 * a + 0.3 * (secret[i] as number), 5 + 0.3 * a]))
  const given = fromRows(secret.map((value, i) => [value, i % 2 === 0 ? value : Number.NaN]))
  const state = fitPooled(table(cells), values, { ...PARAMS, ownColumns: 2, ownPenalty: 1 }, [given, null])
  const row = sparse([0.5, 0])

  it('move a series that had them, and not what is forecast without', () => {
    const [low, none, high] = [[-2, -2], null, [2, 2]].map((hint) =>
      predictPooled(state, row, 0, hint),
    ) as number[]
    assert.ok((low as number) < (none as number) - 0.2 && (high as number) > (none as number) + 0.2)
  })

  it('do not move a series that had none, or one never seen', () => {
    assert.equal(state.series[1]?.hinted, null)
    assert.equal(predictPooled(state, row, 1, [2, 2]), predictPooled(state, row, 1))
    assert.equal(predictPooled(state, row, null, [2, 2]), predictPooled(state, row, null))
  })
})

describe('a table without spread', () => {
  it('is forecast as what it always was', () => {
    const flat = fromRows([[5], [5], [5]])
    const state = fitPooled(table([[1], [2], [-1]]), flat, { ...PARAMS, ownColumns: 1 })
    close([predictPooled(state, sparse([3]), 0), predictPooled(state, sparse([3]), null)], [5, 5], 1e-12)
  })
})
