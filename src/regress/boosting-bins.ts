import { KnownError } from '../errors.ts'
import { type DenseCells, denseCells, denseSample } from './boosting-dense.ts'
import { binEdges } from './boosting-edges.ts'
import { type Guide, guideOf } from './boosting-guide.ts'
import { type SparseCells, sparseByColumn, sparseCells, sparseSample } from './boosting-sparse.ts'
import { isSparse, type Matrix, type SparseMatrix } from './matrix.ts'

/** Where a column's sums are in a histogram: one slot per bin from `starts[j]`, then one for missing values. */
export interface Layout {
  readonly rows: number
  readonly columns: number
  readonly starts: Int32Array
  /** Bins per column, the one for missing values not counted. */
  readonly bins: Int32Array
  /** All slots together. */
  readonly slots: number
}

/** A table as bin numbers. */
export interface Binned extends Layout {
  readonly guides: readonly Guide[]
  readonly cells: DenseCells | SparseCells
}

/** Puts every column into at most `maxBins` ≤ 255 bins of about equally many rows; NaN gets a bin of its own. */
export function binTable(x: Matrix | SparseMatrix, params: { maxBins: number; seed: number }): Binned {
  refuseInfinite(x.values)
  const { rows, columns } = x
  const listed = isSparse(x) ? sparseByColumn(x) : null
  const sample = listed ? sparseSample(listed, rows) : denseSample(x as Matrix, params.seed)
  const guides = Array.from({ length: columns }, (_, j) => guideOf(binEdges(sample(j), params.maxBins)))
  const bins = Int32Array.from(guides, ({ edges }) => edges.length + 1)
  // Dense columns have 256 slots each, so that a bin number is a byte of a word.
  const widths = listed
    ? bins.map((count) => count + 1)
    : new Int32Array(Math.ceil(columns / 4) * 4).fill(256)
  const starts = new Int32Array(widths.length + 1)
  for (const [j, width] of widths.entries()) starts[j + 1] = (starts[j] as number) + width
  const layout = { rows, columns, starts, bins, slots: starts[widths.length] as number }
  const cells = listed ? sparseCells(listed, layout, guides) : denseCells(x as Matrix, guides)
  return { ...layout, guides, cells }
}

function refuseInfinite(values: Float64Array): void {
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number
    if (Number.isFinite(value) || Number.isNaN(value)) continue
    throw new KnownError('data-malformed', `a feature is ${value}`)
  }
}
