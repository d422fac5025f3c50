import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blend } from '../../../src/regress/blend.ts'
import { fromRows } from '../../../src/regress/matrix.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses, reread } from './close.ts'

const { x, y, free, convex } = reference.blends
const fit = (sumToOne?: boolean) =>
  blend.fit(fromRows(x), Float64Array.from(y), sumToOne === undefined ? {} : { sumToOne })

describe('blend', () => {
  it('has the non-negative weights of SciPy', () => {
    close(fit(false).weights, free, 1e-10)
    assert.equal(free[2], 0)
  })

  it('has convex weights as found by constrained optimisation', () => {
    close(fit().weights, convex, 1e-6)
  })

  it('weighs predictions that add up to 1, so that agreement is kept', () => {
    const state = reread(fit())
    close([state.weights.reduce((sum, each) => sum + each, 0)], [1], 1e-14)
    close(blend.predict(state, fromRows([[4, 4, 4, 4]])), [4], 1e-14)
  })

  it('gives everything to a forecaster that is always right, and splits what is due to twins', () => {
    const rows = fromRows(y.map((value, i) => [value, value + (x[i]?.[0] ?? 0), value]))
    const { weights } = blend.fit(rows, Float64Array.from(y), {})
    close([(weights[0] ?? 0) + (weights[2] ?? 0), weights[1] ?? 0], [1, 0], 1e-10)
  })

  it('drops a forecaster that was taken first and is outdone by two others', () => {
    const rows = fromRows([
      [1, 1, 0],
      [1, 0, 1],
      [1, 0, 0],
    ])
    close(blend.fit(rows, Float64Array.of(1, 1, -0.5), { sumToOne: false }).weights, [0, 1, 1], 1e-10)
  })

  it('divides by no rounding error when forecasters are equal but for one', () => {
    const rows = fromRows([[3.5294198119650848e-12, 0, 0], ...Array.from({ length: 6 }, () => [0, 0, 0])])
    const { weights } = blend.fit(rows, Float64Array.of(-0.003689486502117015, 0, 0, 0, 0, 0, 0), {})
    close([weights.reduce((sum, each) => sum + each, 0)], [1], 1e-12)
  })

  it('refuses a forecaster without a forecast', () => {
    refuses(
      () => blend.fit(fromRows([[1, Number.NaN]]), Float64Array.of(1), {}),
      'data-malformed',
      /row 0, column 1/,
    )
  })
})
