import { solveRegularised } from './cholesky.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import {
  dot,
  innerProducts,
  type LinearState,
  linearPredict,
  mean,
  times,
  transposedTimes,
} from './linear.ts'
import { column, type Matrix, transposed } from './matrix.ts'
import { checkRange, checkTraining, refuseMissing } from './training-data.ts'

export interface RidgeParams {
  /** λ ≥ 0 in Σ (y − f(x))² + λ Σ weights²; the intercept is free. */
  readonly penalty: number
}

/** Ridge regression (Hoerl and Kennard 1970), solved in the smaller of columns × columns and rows × rows. */
export const ridge: Estimator<RidgeParams, LinearState> = {
  id: 'ridge',
  fit(x, y, { penalty }) {
    checkTraining(x, y)
    refuseMissing(x)
    checkRange('the penalty', penalty, [0, Number.MAX_VALUE])
    const means = Float64Array.from({ length: x.columns }, (_, j) => mean(column(x, j)))
    const level = mean(y)
    const centred = centre(x, means)
    const target = y.map((value) => value - level)
    const weights = x.columns <= x.rows ? primal(centred, target, penalty) : dual(centred, target, penalty)
    return { intercept: level - dot(weights, means), weights: plain(weights) }
  },
  predict: linearPredict,
}

function centre(x: Matrix, means: Float64Array): Matrix {
  const values = x.values.map((value, k) => value - (means[k % x.columns] as number))
  return { ...x, values }
}

function primal(x: Matrix, y: Float64Array, penalty: number): Float64Array {
  const columns = transposed(x)
  return solveRegularised(innerProducts(columns, columns), times(columns, y), penalty)
}

function dual(x: Matrix, y: Float64Array, penalty: number): Float64Array {
  return transposedTimes(x, solveRegularised(innerProducts(x, x), y, penalty))
}
