import { type Matrix, rowOf, transposed, zeros } from './matrix.ts'
import { checkColumns } from './training-data.ts'

/** A fitted linear model: intercept + Σ weights[j] · x[j], in the units of the target. */
export interface LinearState {
  readonly intercept: number
  readonly weights: readonly number[]
}

/** The values of a linear model on every row. */
export function linearPredict(state: LinearState, x: Matrix): Float64Array {
  checkColumns(x, state.weights.length)
  const weights = Float64Array.from(state.weights)
  return Float64Array.from({ length: x.rows }, (_, i) => state.intercept + dot(rowOf(x, i), weights))
}

/** Σ a[i] · b[i]; four running sums, because one would wait for itself. */
export function dot(a: Float64Array, b: Float64Array): number {
  const whole = a.length - (a.length % 4)
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  for (let i = 0; i < whole; i += 4) {
    s0 += (a[i] as number) * (b[i] as number)
    s1 += (a[i + 1] as number) * (b[i + 1] as number)
    s2 += (a[i + 2] as number) * (b[i + 2] as number)
    s3 += (a[i + 3] as number) * (b[i + 3] as number)
  }
  for (let i = whole; i < a.length; i++) s0 += (a[i] as number) * (b[i] as number)
  return s0 + s1 + (s2 + s3)
}

/** The inner products of the rows of `a` with the rows of `b`: A·Bᵀ, a.rows × b.rows. */
export function innerProducts(a: Matrix, b: Matrix): Matrix {
  const out = zeros(a.rows, b.rows)
  const rows = Array.from({ length: b.rows }, (_, j) => rowOf(b, j))
  for (let i = 0; i < a.rows; i++) {
    const row = rowOf(a, i)
    for (let j = 0; j < b.rows; j++) {
      // The Gram matrix of a table with itself is symmetric: copy the half that is known.
      const known = a === b && j < i
      out.values[i * b.rows + j] = known
        ? (out.values[j * b.rows + i] as number)
        : dot(row, rows[j] as Float64Array)
    }
  }
  return out
}

/** X·v, one number per row. */
export const times = (x: Matrix, v: Float64Array): Float64Array =>
  Float64Array.from({ length: x.rows }, (_, i) => dot(rowOf(x, i), v))

/** Xᵀ·v, one number per column. */
export const transposedTimes = (x: Matrix, v: Float64Array): Float64Array => times(transposed(x), v)

/** The mean of a vector. */
export function mean(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
