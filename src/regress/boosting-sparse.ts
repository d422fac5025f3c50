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

/** Some neighbouring columns of a sparse table, cells listed column by column. */
export interface ByColumn {
  readonly rows: number
  readonly columnStarts: Int32Array
  /** In each column ascending. */
  readonly columnRows: Int32Array
  readonly columnValues: Float64Array
}

/** Lists the cells of the columns `first` ≤ j < `to` column by column. */
export function sparseByColumn(x: SparseMatrix, first: number, to: number): ByColumn {
  const columnStarts = new Int32Array(to - first + 1)
  for (const j of x.indices) {
    if (j >= first && j < to) columnStarts[j - first + 1] = (columnStarts[j - first + 1] as number) + 1
  }
  for (let j = 0; j < to - first; j++) {
    columnStarts[j + 1] = (columnStarts[j + 1] as number) + (columnStarts[j] as number)
  }
  const next = columnStarts.slice()
  const columnRows = new Int32Array(columnStarts[to - first] as number)
  const columnValues = new Float64Array(columnRows.length)
  for (let i = 0; i < x.rows; i++) {
    for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
      const j = (x.indices[k] as number) - first
      if (j < 0 || j >= to - first) continue
      const at = next[j] as number
      next[j] = at + 1
      columnRows[at] = i
      columnValues[at] = x.values[k] as number
    }
  }
  return { rows: x.rows, columnStarts, columnRows, columnValues }
}

/** The values of each column, absent ones as a number of zeros. */
export const sparseSample =
  ({ rows, columnStarts, columnValues }: ByColumn): ((j: number) => Sample) =>
  (j) => {
    const listed = columnValues.subarray(columnStarts[j], columnStarts[j + 1])
    const sorted = listed.filter((value) => !Number.isNaN(value)).sort()
    return { sorted, zeros: rows - listed.length }
  }

/** The bin numbers of the listed cells. */
export function sparseCells(listed: ByColumn, layout: Layout, guides: readonly Guide[]): SparseCells {
  const { columnStarts, columnRows, columnValues } = listed
  const columnCodes = new Uint8Array(columnValues.length)
  const starts = rowStarts(listed)
  const slots = new Int32Array(columnValues.length)
  const next = starts.slice()
  for (const [j, guide] of guides.entries()) {
    const end = columnStarts[j + 1] as number
    for (let k = columnStarts[j] as number; k < end; k++) {
      const code = binOf(guide, columnValues[k] as number)
      columnCodes[k] = code
      const row = columnRows[k] as number
      const at = next[row] as number
      next[row] = at + 1
      slots[at] = (layout.starts[j] as number) + code
    }
  }
  const zeroCodes = Uint8Array.from(guides, (guide) => binOf(guide, 0))
  return { kind: 'sparse', starts, slots, columnStarts, columnRows, columnCodes, zeroCodes }
}

/** Where the cells of each row start when they are listed row by row. */
function rowStarts({ rows, columnRows }: ByColumn): Int32Array {
  const starts = new Int32Array(rows + 1)
  for (const row of columnRows) starts[row + 1] = (starts[row + 1] as number) + 1
  for (let i = 0; i < rows; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number)
  return starts
}
