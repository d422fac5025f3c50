import { KnownError } from '../errors.ts'
import { columnsOf } from './boosting-columns.ts'
import { type DenseCells, denseCells, denseSample } from './boosting-dense.ts'
import { binEdges } from './boosting-edges.ts'
import { type Guide, guideOf } from './boosting-guide.ts'
import { type SparseCells, sparseByColumn, sparseCells, sparseSample } from './boosting-sparse.ts'
import { shareOf, type Team } from './boosting-team.ts'
import { isSparse, type Matrix, type SparseMatrix } from './matrix.ts'

/** Where a column's sums are in a histogram: one slot per bin from `starts[j]`, then one for missing values. */
export interface Layout {
  readonly rows: number
  /** Which columns of the table these are: `first`, `first + 1` and so on; they are counted from 0 here. */
  readonly first: number
  readonly columns: number
  readonly starts: Int32Array
  /** Bins per column, the one for missing values not counted. */
  readonly bins: Int32Array
  /** All slots together. */
  readonly slots: number
}

/** The columns of a table that a thread has, as bin numbers. */
export interface Binned extends Layout {
  readonly guides: readonly Guide[]
  readonly cells: DenseCells | SparseCells
}

export interface BinRules {
  readonly maxBins: number
  readonly seed: number
  readonly team: Team
}

/** Puts every own column into at most `maxBins` ≤ 255 bins of about equally many rows; NaN gets a bin of its own. */
export function binTable(x: Matrix | SparseMatrix, { maxBins, seed, team }: BinRules): Binned {
  refuseInfinite(x.values, team)
  const { rows } = x
  const { from: first, to } = columnsOf(x, team)
  const columns = to - first
  const listed = isSparse(x) ? sparseByColumn(x, first, to) : null
  const sample = listed ? sparseSample(listed) : denseSample(x as Matrix, { first, seed })
  const guides = Array.from({ length: columns }, (_, j) => guideOf(binEdges(sample(j), maxBins)))
  const bins = Int32Array.from(guides, ({ edges }) => edges.length + 1)
  // Dense columns have 256 slots each, so that a bin number is a byte of a word.
  const widths = listed
    ? bins.map((count) => count + 1)
    : new Int32Array(Math.ceil(columns / 4) * 4).fill(256)
  const starts = new Int32Array(widths.length + 1)
  for (const [j, width] of widths.entries()) starts[j + 1] = (starts[j] as number) + width
  const layout = { rows, first, columns, starts, bins, slots: starts[widths.length] as number }
  const cells = listed ? sparseCells(listed, layout, guides) : denseCells(x as Matrix, first, guides)
  return { ...layout, guides, cells }
}

/** All threads refuse a table together, for its first infinite cell. */
function refuseInfinite(values: Float64Array, team: Team): void {
  const { from, to } = shareOf(team, values.length)
  let at = from
  while (at < to && (Number.isFinite(values[at]) || Number.isNaN(values[at]))) at++
  const bad = team.exchange(at < to ? [at] : []).find((said) => said.length > 0)
  if (bad) throw new KnownError('data-malformed', `a feature is ${values[bad[0] as number]}`)
}
