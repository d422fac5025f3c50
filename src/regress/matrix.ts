import { KnownError } from '../errors.ts'

/** A dense table, row-major: cell (i, j) is `values[i * columns + j]`; NaN = missing. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float64Array
}

/** Compressed sparse rows: row i has `values[k]` in column `indices[k]` for `starts[i] <= k < starts[i + 1]`; absent = 0. */
export interface SparseMatrix {
  readonly rows: number
  readonly columns: number
  readonly starts: Int32Array
  readonly indices: Int32Array
  readonly values: Float64Array
}

/** Whether a table is in the sparse form. */
export const isSparse = (x: Matrix | SparseMatrix): x is SparseMatrix => 'starts' in x

/** A dense table of zeros. */
export const zeros = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  values: new Float64Array(rows * columns),
})

/** A dense table from its rows, which must be equally long; no rows give 0 × 0. */
export function fromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0
  const x = zeros(rows.length, columns)
  for (const [i, row] of rows.entries()) {
    if (row.length !== columns) {
      throw new KnownError('data-malformed', `row ${i} has ${row.length} cells, row 0 has ${columns}`)
    }
    x.values.set(row, i * columns)
  }
  return x
}

/** A one-column table. */
export const fromColumn = (values: ArrayLike<number>): Matrix => ({
  rows: values.length,
  columns: 1,
  values: Float64Array.from(values),
})

/** Row i as a view on the table, not a copy. */
export const rowOf = (x: Matrix, i: number): Float64Array =>
  x.values.subarray(i * x.columns, (i + 1) * x.columns)

/** Column j as a copy. */
export function column(x: Matrix, j: number): Float64Array {
  const out = new Float64Array(x.rows)
  for (let i = 0; i < x.rows; i++) out[i] = x.values[i * x.columns + j] as number
  return out
}

/** The chosen rows, in the order asked, as a new table. */
export function selectRows(x: Matrix, rows: ArrayLike<number>): Matrix {
  const out = zeros(rows.length, x.columns)
  for (let i = 0; i < rows.length; i++) out.values.set(rowOf(x, rows[i] as number), i * x.columns)
  return out
}

/** The chosen columns, in the order asked, as a new table. */
export function selectColumns(x: Matrix, columns: readonly number[]): Matrix {
  const out = zeros(x.rows, columns.length)
  for (let i = 0; i < x.rows; i++) {
    for (const [to, from] of columns.entries()) {
      out.values[i * columns.length + to] = x.values[i * x.columns + from] as number
    }
  }
  return out
}

/** The chosen entries of a vector, in the order asked: what `selectRows` is to a table. */
export const select = (y: Float64Array, rows: ArrayLike<number>): Float64Array =>
  Float64Array.from(rows, (row) => y[row] as number)

/** The table with rows and columns exchanged. */
export function transposed(x: Matrix): Matrix {
  const out = zeros(x.columns, x.rows)
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < x.columns; j++) out.values[j * x.rows + i] = x.values[i * x.columns + j] as number
  }
  return out
}

/** A sparse table from one map (column → value) per row. */
export function sparseFromRows(rows: readonly ReadonlyMap<number, number>[], columns: number): SparseMatrix {
  const starts = new Int32Array(rows.length + 1)
  for (const [i, row] of rows.entries()) starts[i + 1] = (starts[i] as number) + row.size
  const cells = rows.flatMap((row) => [...row].sort((a, b) => a[0] - b[0]))
  const wrong = cells.find(([j]) => !Number.isInteger(j) || j < 0 || j >= columns)
  if (wrong)
    throw new KnownError('data-malformed', `column ${wrong[0]} of a sparse table with ${columns} columns`)
  return {
    rows: rows.length,
    columns,
    starts,
    indices: Int32Array.from(cells, ([j]) => j),
    values: Float64Array.from(cells, ([, value]) => value),
  }
}

/** The chosen rows of a sparse table, in the order asked, as a new table. */
export function selectSparseRows(x: SparseMatrix, rows: ArrayLike<number>): SparseMatrix {
  const starts = new Int32Array(rows.length + 1)
  const spans = Array.from(rows, (i) => [x.starts[i] as number, x.starts[i + 1] as number] as const)
  for (const [i, [from, to]] of spans.entries()) starts[i + 1] = (starts[i] as number) + to - from
  const indices = new Int32Array(starts[rows.length] as number)
  const values = new Float64Array(indices.length)
  for (const [i, [from, to]] of spans.entries()) {
    indices.set(x.indices.subarray(from, to), starts[i])
    values.set(x.values.subarray(from, to), starts[i])
  }
  return { rows: rows.length, columns: x.columns, starts, indices, values }
}

/** The same table with its zeros written out. */
export function toDense(x: SparseMatrix): Matrix {
  const out = zeros(x.rows, x.columns)
  for (let i = 0; i < x.rows; i++) {
    for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
      out.values[i * x.columns + (x.indices[k] as number)] = x.values[k] as number
    }
  }
  return out
}
