import { choleskyFactor, choleskySolve } from './cholesky.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'
import { sparseGram } from './sparse-vector.ts'

/**
 * Ridge regression of many targets on one wide sparse table, in the dual (Saunders, Gammerman and Vovk 1998): the
 * weights are Xᵀ (X Xᵀ + λ I)⁻¹ y. The factor is found once and serves every target.
 */
export interface DualRidge {
  /** Weights of the columns for one target, one value per row. */
  solve(target: Float64Array): Float64Array
  /** What a fit without row i says of row i, for every row, in closed form (Cook and Weisberg 1982). */
  leaveOneOut(target: Float64Array): Float64Array
}

/** Factorises a table; columns from `end` on take no part and get no weight. */
export function dualRidge(x: SparseMatrix, penalty: number, end = x.columns): DualRidge {
  const gram: Matrix = { rows: x.rows, columns: x.rows, values: sparseGram(x, end) }
  for (let i = 0; i < x.rows; i++)
    gram.values[i * x.rows + i] = (gram.values[i * x.rows + i] as number) + penalty
  const factor = choleskyFactor(gram)
  let diagonal: Float64Array | undefined
  return {
    solve: (target) => primalWeights(x, choleskySolve(factor, target), end),
    leaveOneOut(target) {
      diagonal ??= inverseDiagonal(factor)
      const alpha = choleskySolve(factor, target)
      return target.map(
        (value, i) => value - (alpha[i] as number) / ((diagonal as Float64Array)[i] as number),
      )
    },
  }
}

/** Xᵀ·α. */
function primalWeights(x: SparseMatrix, alpha: Float64Array, end: number): Float64Array {
  const weights = new Float64Array(end)
  for (let i = 0; i < x.rows; i++) {
    for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
      const column = x.indices[k] as number
      if (column < end)
        weights[column] = (weights[column] as number) + (alpha[i] as number) * (x.values[k] as number)
    }
  }
  return weights
}

/** The diagonal of (L Lᵀ)⁻¹: the squared lengths of the columns of L⁻¹, found by forward substitution. */
function inverseDiagonal({ rows, values }: Matrix): Float64Array {
  const diagonal = new Float64Array(rows)
  const column = new Float64Array(rows)
  for (let j = 0; j < rows; j++) {
    let squares = 0
    for (let i = j; i < rows; i++) {
      let sum = i === j ? 1 : 0
      for (let k = j; k < i; k++) sum -= (values[i * rows + k] as number) * (column[k] as number)
      const value = sum / (values[i * rows + i] as number)
      column[i] = value
      squares += value * value
    }
    diagonal[j] = squares
  }
  return diagonal
}
