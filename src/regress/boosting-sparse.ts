import type { Layout } from './boosting-bins.ts'
import type { Sample } from './boosting-edges.ts'
import { binOf, type Guide } from './boosting-guide.ts'
import type { SparseMatrix } from './matrix.ts'

/** The cells that are listed, row by row as histogram slots and column by column as (row, bin); others are in the bin of 0. */
export interface SparseCells {
  readonly kind: 'sparse'
  readonly starts: Int32Array
  readonly slots: Int32Array
  readonly columnStarts: Int32Array
  readonly columnRows: Int32Array
  readonly columnCodes: Uint8Array
  readonly zeroCodes: Uint8Array
}

/** A sparse table with, beside its rows, the listed cells of each column. */
export interface ByColumn {
  readonly x: SparseMatrix
  readonly columnStarts: Int32Array
  readonly columnRows: Int32Array
  readonly columnValues: Float64Array
}

/** Lists the cells of a sparse table column by column. */
export function sparseByColumn(x: SparseMatrix): ByColumn {
  const columnStarts = new Int32Array(x.columns + 1)
  for (const j of x.indices) columnStarts[j + 1] = (columnStarts[j + 1] as number) + 1
  for (let j = 0; j < x.columns; j++) {
    columnStarts[j + 1] = (columnStarts[j + 1] as number) + (columnStarts[j] as number)
  }
  const next = columnStarts.slice()
  const columnRows = new Int32Array(x.indices.length)
  const columnValues = new Float64Array(x.indices.length)
  for (let i = 0; i < x.rows; i++) {
    for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
      const j = x.indices[k] as number
      const at = next[j] as number
      next[j] = at + 1
      columnRows[at] = i
      columnValues[at] = x.values[k] as number
    }
  }
  return { x, columnStarts, columnRows, columnValues }
}

/** The values of each column, absent ones as a number of zeros. */
export const sparseSample =
  ({ columnStarts, columnValues }: ByColumn, rows: number): ((j: number) => Sample) =>
  (j) => {
    const listed = columnValues.subarray(columnStarts[j], columnStarts[j + 1])
    const sorted = listed.filter((value) => !Number.isNaN(value)).sort()
    return { sorted, zeros: rows - listed.length }
  }

/** The bin numbers of the listed cells. */
export function sparseCells(listed: ByColumn, layout: Layout, guides: readonly Guide[]): SparseCells {
  const { x, columnStarts, columnRows, columnValues } = listed
  const columnCodes = new Uint8Array(columnValues.length)
  for (const [j, guide] of guides.entries()) {
    const end = columnStarts[j + 1] as number
    for (let k = columnStarts[j] as number; k < end; k++)
      columnCodes[k] = binOf(guide, columnValues[k] as number)
  }
  const slots = Int32Array.from(x.values, (value, k) => {
    const j = x.indices[k] as number
    return (layout.starts[j] as number) + binOf(guides[j] as Guide, value)
  })
  const zeroCodes = Uint8Array.from(guides, (guide) => binOf(guide, 0))
  return { kind: 'sparse', starts: x.starts, slots, columnStarts, columnRows, columnCodes, zeroCodes }
}
