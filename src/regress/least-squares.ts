import { MultivariateLinearRegression } from 'ml-regression'
import { KnownError } from '../errors.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { type LinearState, linearPredict } from './linear.ts'
import { rowOf } from './matrix.ts'
import { checkTraining, refuseMissing } from './training-data.ts'

/** Ordinary least squares with an intercept, from `ml-regression`: the baseline without regularisation. */
export const leastSquares: Estimator<Record<string, never>, LinearState> = {
  id: 'least-squares',
  fit(x, y) {
    checkTraining(x, y)
    refuseMissing(x)
    if (x.rows <= x.columns) {
      throw new KnownError('too-little-data', `${x.rows} rows for ${x.columns} columns and an intercept`)
    }
    const rows = Array.from({ length: x.rows }, (_, i) => [...rowOf(x, i)])
    const options = { intercept: true, statistics: false }
    const { weights } = new MultivariateLinearRegression(
      rows,
      Array.from(y, (value) => [value]),
      options,
    )
    const all = plain(weights.flat())
    return { intercept: all[x.columns] as number, weights: all.slice(0, x.columns) }
  },
  predict: linearPredict,
}
