import { KnownError } from '../errors.ts'
import { dot } from './linear.ts'
import { type Matrix, rowOf, zeros } from './matrix.ts'

/** The lower triangle L with L·Lᵀ = A, for a symmetric positive definite n × n table (only its lower half is read). */
export function choleskyFactor(a: Matrix): Matrix {
  if (a.rows !== a.columns)
    throw new KnownError('data-malformed', `a ${a.rows} × ${a.columns} table is not square`)
  const lower = zeros(a.rows, a.rows)
  const rows = Array.from({ length: a.rows }, (_, i) => rowOf(lower, i))
  for (const [i, row] of rows.entries()) {
    const source = rowOf(a, i)
    for (let j = 0; j < i; j++) {
      const other = rows[j] as Float64Array
      row[j] = ((source[j] as number) - dot(other.subarray(0, j), row)) / (other[j] as number)
    }
    const done = row.subarray(0, i)
    row[i] = root((source[i] as number) - dot(done, done), i)
  }
  return lower
}

/** The x with L·Lᵀ·x = b, for a factor from `choleskyFactor`. */
export function choleskySolve(lower: Matrix, b: Float64Array): Float64Array {
  const x = Float64Array.from(b)
  const rows = Array.from({ length: lower.rows }, (_, i) => rowOf(lower, i))
  for (const [i, row] of rows.entries()) {
    x[i] = ((x[i] as number) - dot(row.subarray(0, i), x)) / (row[i] as number)
  }
  for (let i = lower.rows - 1; i >= 0; i--) {
    const row = rows[i] as Float64Array
    const solved = (x[i] as number) / (row[i] as number)
    x[i] = solved
    for (let j = 0; j < i; j++) x[j] = (x[j] as number) - solved * (row[j] as number)
  }
  return x
}

/** The x with (A + penalty · I)·x = b, for a symmetric A. */
export function solveRegularised(a: Matrix, b: Float64Array, penalty: number): Float64Array {
  const shifted: Matrix = { ...a, values: Float64Array.from(a.values) }
  for (let i = 0; i < a.rows; i++) {
    shifted.values[i * a.columns + i] = (a.values[i * a.columns + i] as number) + penalty
  }
  return choleskySolve(choleskyFactor(shifted), b)
}

function root(pivot: number, i: number): number {
  if (pivot > 0 && Number.isFinite(pivot)) return Math.sqrt(pivot)
  throw new KnownError('data-malformed', `pivot ${i} is ${pivot}: the matrix is not positive definite`, {
    fix: 'use a larger penalty',
  })
}
