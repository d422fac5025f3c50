import type { Matrix, SparseMatrix } from '../../../src/regress/matrix.ts'
import { type Random, seededRandom } from '../../../src/regress/random.ts'

/** Rows to learn from and rows to forecast, of one kind. */
export interface SyntheticTable {
  readonly kind: 'dense' | 'sparse'
  readonly train: { readonly x: Matrix | SparseMatrix; readonly y: Float64Array }
  readonly test: { readonly x: Matrix | SparseMatrix; readonly y: Float64Array }
}

export interface TableSize {
  readonly rows: number
  readonly testRows: number
  readonly columns: number
}

/**
 * Five kinds of columns in turn: uniform, normal, heavy-tailed, whole numbers below 10, normal with a fifth missing. The
 * target has bends, steps, interactions of two and three columns, a missing value that tells, and noise that grows.
 */
export function denseTable({ rows, testRows, columns }: TableSize, seed = 1): SyntheticTable {
  const random = seededRandom(seed)
  const part = (count: number) => {
    // Where threads can share it, so that nothing has to be copied.
    const values = new Float64Array(new SharedArrayBuffer(8 * count * columns))
    const y = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      const row = values.subarray(i * columns, (i + 1) * columns)
      for (let j = 0; j < columns; j++) row[j] = Math.fround(cell(j % 5, random))
      y[i] = targetOf((j) => row[j] as number, random)
    }
    return { x: { rows: count, columns, values }, y }
  }
  return { kind: 'dense', train: part(rows), test: part(testRows) }
}

function cell(kind: number, { uniform, normal, integer }: Random): number {
  if (kind === 0) return uniform()
  if (kind === 1) return normal()
  if (kind === 2) return Math.exp(normal())
  if (kind === 3) return integer(10)
  return uniform() < 0.2 ? Number.NaN : normal()
}

/** Of columns of the five kinds in turn; what a column does depends on others, but each does something alone. */
function targetOf(at: (j: number) => number, { normal }: Random): number {
  const told = Number.isNaN(at(4)) ? 1.5 : at(4)
  const bent = 4 * at(0) * at(5) + 3 * Math.sin(at(1)) + Math.log(at(2)) + 0.3 * at(3) + told
  const two = at(7) > 1 ? 2 * at(6) : 0.5 * at(6)
  const step = at(10) > 0.5 && at(8) > 4 ? 2 : 0
  const three = at(11) > 0 && at(13) > 6 ? at(16) + 1 : 0
  // What is missing is not above 0.
  const gap = at(9) > 0 ? at(12) ** 0.5 : 0
  return bent + two + step + three + gap + (0.5 + at(15)) * normal()
}

/** Cells listed in a row, on average. */
const LISTED = 40

/** Counts of words: a few columns are in most rows, most are in a few. The target has what some words mean together. */
export function sparseTable({ rows, testRows, columns }: TableSize): SyntheticTable {
  const random = seededRandom(2)
  const part = (count: number) => {
    const starts = new Int32Array(count + 1)
    const indices: number[] = []
    const values: number[] = []
    const y = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      const row = words(columns, random)
      for (const j of [...row.keys()].sort((a, b) => a - b)) {
        indices.push(j)
        values.push(row.get(j) as number)
      }
      starts[i + 1] = indices.length
      y[i] = meaningOf((j) => row.get(j) ?? 0, random)
    }
    const x = { rows: count, columns, starts, indices: Int32Array.from(indices) }
    return { x: { ...x, values: Float64Array.from(values) }, y }
  }
  return { kind: 'sparse', train: part(rows), test: part(testRows) }
}

function words(columns: number, { uniform }: Random): ReadonlyMap<number, number> {
  const row = new Map<number, number>()
  for (let k = 0; k < LISTED * 2 * uniform(); k++) {
    const word = Math.floor(columns ** uniform()) - 1
    row.set(word, (row.get(word) ?? 0) + 1)
  }
  return row
}

function meaningOf(count: (j: number) => number, { normal }: Random): number {
  const alone = 0.6 * count(0) + Math.sqrt(count(2)) - 0.8 * Math.min(count(5), 2) + 2 * count(60)
  const together = (count(3) > 0 && count(7) > 0 ? 2 : 0) + (count(11) > 0 && count(1) > 2 ? -1.5 : 0)
  return alone + together + normal()
}
