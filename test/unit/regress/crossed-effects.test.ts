import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choleskyFactor, choleskySolve } from '../../../src/regress/cholesky.ts'
import { combinationVariance, fitCrossed, rowValue } from '../../../src/regress/crossed-effects.ts'
import {
  type CrossedRows,
  type CrossedVariances,
  rowVariance,
} from '../../../src/regress/crossed-equations.ts'
import { seededRandom } from '../../../src/regress/random.ts'
import { stackRows } from '../../../src/regress/sparse-vector.ts'

const EFFECTS = 5
const random = seededRandom(4)
const groups = Int32Array.from([0, 0, 0, 1, 2, 2, 3, 4, 4, 4, 4, 5])
const n = groups.length
const rows: CrossedRows = {
  fullFrom: 3,
  x: stackRows(
    Array.from(groups, (_, i) => ({
      indices: Int32Array.from(i % 3 === 0 ? [0, 2, 4] : [0, 1, 3]),
      values: Float64Array.from([1, random.normal(), random.normal()]),
    })),
    EFFECTS,
  ),
  y: Float64Array.from({ length: n }, () => random.normal()),
  groups,
  runs: Float64Array.from({ length: n }, () => 1 + random.integer(4)),
  weights: Float64Array.from({ length: n }, () => 0.2 + 0.8 * (random.integer(100) / 100)),
  loadings: Float64Array.from({ length: n }, () => 0.5 + random.integer(100) / 100),
}
const variances: CrossedVariances = {
  ...{ row: 0.3, run: 0.5, group: 0.7 },
  effects: Float64Array.from([0.4, 1.1, 0.2, 0.9, 0.6]),
}

/** One column of X as a dense vector. */
const column = (j: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) =>
    rowValue(
      rows.x,
      Float64Array.from({ length: EFFECTS }, (_, k) => Number(k === j)),
      i,
    ),
  )

/** The variance of the targets as it is defined: X D Xᵀ + groups + rows. */
function variance(): { readonly rows: number; readonly columns: number; readonly values: Float64Array } {
  const values = new Float64Array(n * n)
  for (let a = 0; a < n; a++)
    for (let b = 0; b < n; b++) {
      let sum = a === b ? rowVariance(rows, variances, a) : 0
      if (groups[a] === groups[b])
        sum += variances.group * (rows.loadings[a] as number) * (rows.loadings[b] as number)
      for (let j = 0; j < EFFECTS; j++)
        sum += (column(j)[a] as number) * (column(j)[b] as number) * (variances.effects[j] as number)
      values[a * n + b] = sum
    }
  return { rows: n, columns: n, values }
}

const dot = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a}, not ${b}`)

describe('crossed effects', () => {
  const factor = choleskyFactor(variance())
  const inverse = choleskySolve(factor, rows.y)
  const fit = fitCrossed(rows, variances)

  it('are D Xᵀ V⁻¹ y, as if the variance of all rows had been written out', () => {
    for (let j = 0; j < EFFECTS; j++)
      near(fit.effects[j] as number, (variances.effects[j] as number) * dot(column(j), inverse))
  })

  it('leave groups the share of what is left that is theirs', () => {
    for (let g = 0; g <= 5; g++) {
      const loading = rows.loadings.map((value, i) => (groups[i] === g ? value : 0))
      near(fit.groups[g] as number, variances.group * dot(loading, inverse))
    }
  })

  it('have the density of the targets under the whole variance', () => {
    let logDeterminant = 0
    for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(factor.values[i * n + i] as number)
    near(fit.logLikelihood, -0.5 * (logDeterminant + dot(rows.y, inverse) + n * Math.log(2 * Math.PI)))
  })

  it('are known as well as D − D Xᵀ V⁻¹ X D says', () => {
    const combination = Float64Array.from([1, 0.5, 0, 0, -1])
    const moved = Float64Array.from({ length: n }, (_, i) =>
      Array.from(
        combination,
        (c, j) => c * (variances.effects[j] as number) * (column(j)[i] as number),
      ).reduce((sum, each) => sum + each, 0),
    )
    const before = combination.reduce((sum, c, j) => sum + c * c * (variances.effects[j] as number), 0)
    near(combinationVariance(fit, combination), before - dot(moved, choleskySolve(factor, moved)))
  })
})
