import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { innerProducts, type LinearState, linearPredict, times } from './linear.ts'
import { type Matrix, transposed } from './matrix.ts'
import { nonNegative } from './nnls.ts'
import { checkTraining, refuseMissing } from './training-data.ts'

export interface BlendParams {
  /** Weights add up to 1 (a convex blend). Default true. */
  readonly sumToOne?: boolean
}

/**
 * Weights ≥ 0 of several forecasters by least squares (stacked regressions, Breiman 1996). Columns of `x` are their
 * out-of-fold predictions, in the units of `y`.
 */
export const blend: Estimator<BlendParams, LinearState> = {
  id: 'blend',
  fit(x, y, { sumToOne = true }) {
    checkTraining(x, y)
    refuseMissing(x)
    const columns = transposed(x)
    const weights = sumToOne
      ? convex(columns, y)
      : nonNegative(innerProducts(columns, columns), times(columns, y))
    return { intercept: 0, weights: plain(weights) }
  },
  predict: linearPredict,
}

/**
 * With weights that add up to 1 the error is C·w, C = predictions − target. The w of least |C·w|² is the direction of the
 * u ≥ 0 of least |C·u|² + (1 − Σu)²: along a direction of sum 1 that is e / (1 + e), e = |C·w|², which rises with e.
 */
function convex(columns: Matrix, y: Float64Array): Float64Array {
  const errors = { ...columns, values: columns.values.map((value, k) => value - (y[k % y.length] as number)) }
  const gram = innerProducts(errors, errors)
  // Any scale gives the same direction; this one keeps both terms alike.
  const scale = gram.values.reduce((most, each) => Math.max(most, Math.abs(each)), 0) || 1
  const values = gram.values.map((value) => value / scale + 1)
  const found = nonNegative({ ...gram, values }, new Float64Array(columns.rows).fill(1))
  const sum = found.reduce((total, each) => total + each, 0)
  return found.map((each) => each / sum)
}
