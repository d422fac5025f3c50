import type { Binned } from './boosting-bins.ts'
import type { DenseCells } from './boosting-dense.ts'
import type { SparseCells } from './boosting-sparse.ts'

/** The rows to sum, their packed gradients (one per row of the table), and the columns that are asked for, ascending. */
export interface Summands {
  readonly rows: Int32Array
  readonly packed: Float64Array
  readonly features: Int32Array
}

/** Sums packed gradients per bin; what is in the slots of columns not asked for is undefined. */
export function fillHistogram(binned: Binned, summands: Summands, histogram: Float64Array): void {
  const { rows, packed } = summands
  histogram.fill(0)
  const ordered = new Float64Array(rows.length)
  for (let k = 0; k < rows.length; k++) ordered[k] = packed[rows[k] as number] as number
  if (binned.cells.kind === 'sparse') fillSparse(binned, binned.cells, { ...summands, ordered, histogram })
  else fillDense(binned, binned.cells, { ...summands, ordered, histogram })
}

/** Turns the histogram of a parent into that of its other child: exact, because sums are whole numbers. */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let k = 0; k < parent.length; k++) parent[k] = (parent[k] as number) - (child[k] as number)
}

interface Work {
  readonly rows: Int32Array
  /** The packed gradient of each of the rows. */
  readonly ordered: Float64Array
  readonly features: Int32Array
  readonly histogram: Float64Array
}

/** Four columns at a time, or one by one where fewer than three of the four are asked for. */
function fillDense(binned: Binned, { words }: DenseCells, work: Work): void {
  const groups = Map.groupBy(work.features, (j) => j >> 2)
  for (const [group, features] of groups) {
    const codes = words.subarray(group * binned.rows, (group + 1) * binned.rows)
    const sums = work.histogram.subarray(group * 1024, (group + 1) * 1024)
    if (features.length >= 3) addFour(work, codes, sums)
    else for (const j of features) addOne(work, codes, { sums, byte: j & 3 })
  }
}

function addFour({ rows, ordered }: Work, codes: Int32Array, sums: Float64Array): void {
  for (let k = 0; k < rows.length; k++) {
    const word = codes[rows[k] as number] as number
    const gradient = ordered[k] as number
    const b = 256 | ((word >>> 8) & 255)
    const c = 512 | ((word >>> 16) & 255)
    const d = 768 | (word >>> 24)
    sums[word & 255] = (sums[word & 255] as number) + gradient
    sums[b] = (sums[b] as number) + gradient
    sums[c] = (sums[c] as number) + gradient
    sums[d] = (sums[d] as number) + gradient
  }
}

function addOne({ rows, ordered }: Work, codes: Int32Array, to: { sums: Float64Array; byte: number }): void {
  const { sums, byte } = to
  for (let k = 0; k < rows.length; k++) {
    const slot = (byte << 8) | (((codes[rows[k] as number] as number) >>> (byte << 3)) & 255)
    sums[slot] = (sums[slot] as number) + (ordered[k] as number)
  }
}

function fillSparse(binned: Binned, cells: SparseCells, { rows, ordered, features, histogram }: Work): void {
  let total = 0
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    const gradient = ordered[k] as number
    total += gradient
    const end = cells.starts[row + 1] as number
    for (let at = cells.starts[row] as number; at < end; at++) {
      const slot = cells.slots[at] as number
      histogram[slot] = (histogram[slot] as number) + gradient
    }
  }
  // Rows that are not listed in a column are in its bin of 0.
  for (const j of features) {
    const start = binned.starts[j] as number
    let listed = 0
    for (const sum of histogram.subarray(start, binned.starts[j + 1])) listed += sum
    const zero = start + (cells.zeroCodes[j] as number)
    histogram[zero] = (histogram[zero] as number) + total - listed
  }
}
