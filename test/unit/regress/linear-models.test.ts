import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { kernelRidge } from '../../../src/regress/kernel-ridge.ts'
import { gram, type KernelGroup } from '../../../src/regress/kernels.ts'
import { leastSquares } from '../../../src/regress/least-squares.ts'
import { fromColumn, fromRows } from '../../../src/regress/matrix.ts'
import { polynomial } from '../../../src/regress/polynomial.ts'
import { ridge } from '../../../src/regress/ridge.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses, reread } from './close.ts'

const all = (columns: number): number[] => Array.from({ length: columns }, (_, j) => j)

describe('ridge', () => {
  for (const { x, y, penalty, weights, intercept } of reference.linear) {
    const shape = `${x.length} × ${x[0]?.length} at penalty ${penalty}`
    it(`agrees with scikit-learn on ${shape}`, () => {
      const state = ridge.fit(fromRows(x), Float64Array.from(y), { penalty })
      close(state.weights, weights, 1e-10)
      close([state.intercept], [intercept], 1e-10)
    })

    it(`is kernel ridge with a linear kernel on ${shape}`, () => {
      const group: KernelGroup = { kind: 'linear', columns: all(weights.length), weight: 1 }
      const state = kernelRidge.fit(fromRows(x), Float64Array.from(y), { penalty, kernel: [group] })
      close(state.weights, weights, 1e-8)
      close([state.intercept], [intercept], 1e-8)
    })
  }

  it('refuses a missing cell, a negative penalty, and as many targets as there are not rows', () => {
    const y = Float64Array.of(1, 2)
    refuses(
      () => ridge.fit(fromRows([[1], [Number.NaN]]), y, { penalty: 1 }),
      'data-malformed',
      /row 1, column 0/,
    )
    refuses(() => ridge.fit(fromRows([[1], [2]]), y, { penalty: -1 }), 'data-malformed', /penalty is -1/)
    refuses(() => ridge.fit(fromRows([[1]]), y, { penalty: 1 }), 'data-malformed', /1 rows .* 2 targets/)
    refuses(() => ridge.fit(fromRows([]), new Float64Array(0), { penalty: 1 }), 'too-little-data', /0 rows/)
    const infinite = Float64Array.of(1, Number.POSITIVE_INFINITY)
    refuses(
      () => ridge.fit(fromRows([[1], [2]]), infinite, { penalty: 1 }),
      'data-malformed',
      /row 1 is Infinity/,
    )
  })

  it('refuses to predict from another number of columns', () => {
    const state = ridge.fit(fromRows([[1], [2]]), Float64Array.of(1, 2), { penalty: 1 })
    refuses(() => ridge.predict(state, fromRows([[1, 2]])), 'data-malformed', /2 columns .* fitted on 1/)
  })
})

describe('kernelRidge', () => {
  const { x, y, new: unseen, predicted, gram: known, newGram } = reference.kernels
  const kernel: KernelGroup[] = [
    { kind: 'linear', columns: [0, 1, 2], weight: 0.5 },
    { kind: 'rbf', columns: [2, 3, 4, 5], weight: 2, gamma: 0.3 },
  ]

  it('sums weighted kernels over groups of columns as scikit-learn does', () => {
    close(gram(kernel, fromRows(x), fromRows(x)).values, known.flat(), 1e-12)
    close(gram(kernel, fromRows(unseen), fromRows(x)).values, newGram.flat(), 1e-12)
  })

  it('agrees with scikit-learn on a centred sum of a linear and a Gaussian kernel', () => {
    const state = reread(kernelRidge.fit(fromRows(x), Float64Array.from(y), { penalty: 0.7, kernel }))
    close(kernelRidge.predict(state, fromRows(unseen)), predicted, 1e-9)
  })

  it('predicts the same from a precomputed Gram matrix', () => {
    const state = kernelRidge.fit(fromRows(known), Float64Array.from(y), {
      penalty: 0.7,
      kernel: 'precomputed',
    })
    close(kernelRidge.predict(state, fromRows(newGram)), predicted, 1e-9)
  })

  it('refuses a precomputed matrix that is not square, and a penalty of 0', () => {
    const wide = fromRows(newGram)
    const target = Float64Array.from(newGram, () => 1)
    refuses(
      () => kernelRidge.fit(wide, target, { penalty: 1, kernel: 'precomputed' }),
      'data-malformed',
      /4 × 15/,
    )
    refuses(
      () => kernelRidge.fit(fromRows(x), Float64Array.from(y), { penalty: 0, kernel }),
      'data-malformed',
      /is 0/,
    )
  })
})

describe('leastSquares', () => {
  const { x, y, weights, intercept, cubic } = reference.least_squares

  it('agrees with scikit-learn', () => {
    const state = leastSquares.fit(fromRows(x), Float64Array.from(y), {})
    close([...state.weights, state.intercept], [...weights, intercept], 1e-10)
  })

  it('fits a cubic as NumPy does', () => {
    const state = polynomial.fit(fromRows(x), Float64Array.from(y), { column: 0, degree: 3 })
    close(state.coefficients, cubic, 1e-9)
    const line = { column: 0, coefficients: [1, 0, 2] }
    assert.deepEqual([...polynomial.predict(line, fromColumn([0, 3]))], [1, 19])
  })

  it('refuses more unknowns than rows can settle', () => {
    refuses(
      () => leastSquares.fit(fromRows([[1, 2]]), Float64Array.of(1), {}),
      'too-little-data',
      /1 rows for 2/,
    )
    const two = fromColumn([1, 1, 2])
    const y3 = Float64Array.of(1, 2, 3)
    refuses(() => polynomial.fit(two, y3, { column: 0, degree: 2 }), 'too-little-data', /2 distinct values/)
  })
})
