import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choleskyFactor, choleskySolve } from '../../../src/regress/cholesky.ts'
import { fromRows } from '../../../src/regress/matrix.ts'
import { normalQuantile } from '../../../src/regress/normal.ts'
import { quantile } from '../../../src/regress/quantile.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses } from './close.ts'

const { numbers } = reference

describe('normalQuantile', () => {
  it('agrees with SciPy from 1e-300 to 0.999999', () => {
    close(numbers.normalLevels.map(normalQuantile), numbers.normal, 1e-13)
  })

  it('refuses a probability of 0 or 1, whose quantile is infinite', () => {
    for (const p of [0, 1, Number.NaN]) refuses(() => normalQuantile(p), 'data-malformed', new RegExp(`${p}`))
  })
})

describe('quantile', () => {
  it('agrees with NumPy, at the ends too', () => {
    close(
      numbers.levels.map((p) => quantile(numbers.values, p)),
      numbers.quantiles,
      1e-15,
    )
  })

  it('refuses no values and a level outside [0, 1]', () => {
    refuses(() => quantile([], 0.5), 'too-little-data', /0 values/)
    refuses(() => quantile([1], 1.5), 'data-malformed', /1\.5/)
  })
})

describe('cholesky', () => {
  it('factors as NumPy does', () => {
    close(choleskyFactor(fromRows(numbers.matrix)).values, numbers.cholesky.flat(), 1e-13)
  })

  it('solves as NumPy does', () => {
    const lower = choleskyFactor(fromRows(numbers.matrix))
    close(choleskySolve(lower, Float64Array.from(numbers.b)), numbers.solution, 1e-12)
  })

  it('names the pivot of a matrix that is not positive definite', () => {
    const singular = fromRows([
      [4, 2],
      [2, 1],
    ])
    refuses(() => choleskyFactor(singular), 'data-malformed', /pivot 1 is 0/)
    refuses(() => choleskyFactor(fromRows([[1, 2]])), 'data-malformed', /1 × 2/)
  })

  it('solves nothing for no unknowns', () => {
    assert.equal(choleskySolve(choleskyFactor(fromRows([])), new Float64Array(0)).length, 0)
  })
})
