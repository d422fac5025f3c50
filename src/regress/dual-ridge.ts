import { choleskyFactor, choleskySolve } from './cholesky.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'
import { sparseGram } from './sparse-vector.ts'

/**
 * Ridge regression of many targets on one wide sparse table, in the dual (Saunders, Gammerman and Vovk 1998): the
 * weights are Xᵀ (X Xᵀ + λ I)⁻¹ y. The factor is found once and serves every target.
 */
export interface DualRidge {
  /** Weights of the first `columns` columns for one centred target, one value per row. */
  solve(target: Float64Array): Float64Array
}

/** Factorises a table; columns from `end` on take no part and get no weight. */
export function dualRidge(x: SparseMatrix, penalty: number, end = x.columns): DualRidge {
  const gram: Matrix = { rows: x.rows, columns: x.rows, values: sparseGram(x, end) }
  for (let i = 0; i < x.rows; i++)
    gram.values[i * x.rows + i] = (gram.values[i * x.rows + i] as number) + penalty
  const factor = choleskyFactor(gram)
  return { solve: (target) => primalWeights(x, choleskySolve(factor, target), end) }
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
