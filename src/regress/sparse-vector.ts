import type { SparseMatrix } from './matrix.ts'

/** One row: the cells that are not 0, by rising column. */
export interface SparseVector {
  readonly indices: Int32Array
  readonly values: Float64Array
}

/** Puts rows into one sparse table. */
export function stackRows(rows: readonly SparseVector[], columns: number): SparseMatrix {
  const starts = new Int32Array(rows.length + 1)
  for (const [i, { indices }] of rows.entries()) starts[i + 1] = (starts[i] as number) + indices.length
  const indices = new Int32Array(starts[rows.length] as number)
  const values = new Float64Array(indices.length)
  for (const [i, row] of rows.entries()) {
    indices.set(row.indices, starts[i])
    values.set(row.values, starts[i])
  }
  return { rows: rows.length, columns, starts, indices, values }
}

/** Σ row[j] · weights[j]. */
export function sparseDot({ indices, values }: SparseVector, weights: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < indices.length; k++) {
    sum += (values[k] as number) * (weights[indices[k] as number] as number)
  }
  return sum
}

/** The inner products of all rows of a sparse table with each other: X·Xᵀ. Columns from `end` on are left out. */
export function sparseGram(x: SparseMatrix, end = x.columns): Float64Array {
  const gram = new Float64Array(x.rows * x.rows)
  const row = new Float64Array(x.columns)
  for (let i = 0; i < x.rows; i++) {
    spread(x, i, row, end)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = x.starts[j] as number; k < (x.starts[j + 1] as number); k++) {
        sum += (x.values[k] as number) * (row[x.indices[k] as number] as number)
      }
      gram[i * x.rows + j] = sum
      gram[j * x.rows + i] = sum
    }
    spread(x, i, row, 0)
  }
  return gram
}

/** Writes row i into a dense row, 0 from column `end` on. */
function spread(x: SparseMatrix, i: number, row: Float64Array, end: number): void {
  for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
    const column = x.indices[k] as number
    row[column] = column < end ? (x.values[k] as number) : 0
  }
}
