import { KnownError } from '../errors.ts'
import { type Matrix, zeros } from '../regress/matrix.ts'

/** Below this share of its own size a pivot is what rounding leaves. */
const COLLINEAR = 1e-10

/**
 * The inverse of a small symmetric positive definite matrix by Gauss and Jordan's elimination, scaled to a unit diagonal
 * first. 'too-little-data' names the column that the ones before it explain.
 */
export function symmetricInverse(matrix: Matrix): Matrix {
  const n = matrix.rows
  const scales = Float64Array.from({ length: n }, (_, j) => 1 / Math.sqrt(matrix.values[j * n + j] as number))
  const work = matrix.values.map((value, at) => {
    return value * (scales[Math.floor(at / n)] as number) * (scales[at % n] as number)
  })
  for (let j = 0; j < n; j++) sweep(work, n, j)
  const out = zeros(n, n)
  for (let at = 0; at < n * n; at++) {
    out.values[at] =
      (work[at] as number) * (scales[Math.floor(at / n)] as number) * (scales[at % n] as number)
  }
  return out
}

/** Replaces column j by that of the inverse, in place. */
function sweep(work: Float64Array, n: number, j: number): void {
  const pivot = work[j * n + j] as number
  if (!(pivot > COLLINEAR))
    throw new KnownError('too-little-data', `regressor ${j} is explained by the others or does not vary`)
  for (let r = 0; r < n; r++) {
    if (r === j) continue
    const factor = (work[r * n + j] as number) / pivot
    for (let c = 0; c < n; c++) {
      if (c !== j) work[r * n + c] = (work[r * n + c] as number) - factor * (work[j * n + c] as number)
    }
    work[r * n + j] = -factor
  }
  for (let c = 0; c < n; c++) work[j * n + c] = (c === j ? 1 : (work[j * n + c] as number)) / pivot
}
