import { PolynomialRegression } from 'ml-regression'
import { KnownError } from '../errors.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { column } from './matrix.ts'
import { checkRange, checkTraining, refuseMissing } from './training-data.ts'

export interface PolynomialParams {
  readonly column: number
  /** 1 is simple linear regression. */
  readonly degree: number
}

export interface PolynomialState {
  readonly column: number
  /** Of x⁰, x¹, …; in the units of the target per power of the column's. */
  readonly coefficients: readonly number[]
}

/** A polynomial of one column by least squares, from `ml-regression`: the one-feature baseline. */
export const polynomial: Estimator<PolynomialParams, PolynomialState> = {
  id: 'polynomial',
  fit(x, y, params) {
    checkTraining(x, y)
    refuseMissing(x)
    checkRange('the column', params.column, [0, x.columns - 1])
    checkRange('the degree', params.degree, [1, 9])
    const values = [...column(x, params.column)]
    const distinct = new Set(values).size
    if (distinct <= params.degree) {
      throw new KnownError('too-little-data', `${distinct} distinct values for degree ${params.degree}`)
    }
    const { coefficients } = new PolynomialRegression(values, [...y], params.degree)
    return { column: params.column, coefficients: plain(coefficients) }
  },
  predict: (state, x) =>
    column(x, state.column).map((value) =>
      state.coefficients.reduceRight((sum, each) => sum * value + each, 0),
    ),
}
