import type { Binned } from './boosting-bins.ts'
import type { SparseCells } from './boosting-sparse.ts'
import type { Cut } from './boosting-split.ts'
import type { Team } from './boosting-team.ts'

/** Rows at a leaf, as views on one array per tree: those the tree learns from and the others. */
export interface LeafRows {
  readonly own: Int32Array
  readonly others: Int32Array
}

/** The rows of a leaf on both sides of a cut; each keeps its order, inside the same memory. Who has the column divides. */
export function divideRows(
  leaf: LeafRows,
  cut: Cut,
  { binned, team }: { readonly binned: Binned; readonly team: Team },
): { readonly left: LeafRows; readonly right: LeafRows } {
  const said = team.exchange(dividedByOwner(binned, leaf, cut))
  const [own, others] = said.find((counts) => counts.length > 0) as [number, number]
  return {
    left: { own: leaf.own.subarray(0, own), others: leaf.others.subarray(0, others) },
    right: { own: leaf.own.subarray(own), others: leaf.others.subarray(others) },
  }
}

/** How many rows went left, or nothing where the column is another thread's. */
function dividedByOwner(binned: Binned, leaf: LeafRows, cut: Cut): readonly number[] {
  const feature = cut.feature - binned.first
  if (feature < 0 || feature >= binned.columns) return []
  const sides = { ...codesOf(binned, feature), left: leftCodes(binned.bins[feature] as number, cut) }
  return [divided(leaf.own, sides), divided(leaf.others, sides)]
}

interface Sides {
  /** The bin of every row is the byte of its word that `shift` bits lead to. */
  readonly words: Int32Array
  readonly shift: number
  /** 1 for each bin that goes left. */
  readonly left: Uint8Array
}

/** Reorders the rows in place, left ones first; returns how many those are. */
function divided(rows: Int32Array, { words, shift, left }: Sides): number {
  const kept = new Int32Array(rows.length)
  let lefts = 0
  let rights = 0
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    if (left[((words[row] as number) >>> shift) & 255] === 1) rows[lefts++] = row
    else kept[rights++] = row
  }
  rows.set(kept.subarray(0, rights), lefts)
  return lefts
}

function leftCodes(bins: number, { bin, missingLeft }: Cut): Uint8Array {
  const left = new Uint8Array(bins + 1).fill(1, 0, bin + 1)
  left[bins] = missingLeft ? 1 : 0
  return left
}

function codesOf({ rows, cells }: Binned, feature: number): Pick<Sides, 'words' | 'shift'> {
  if (cells.kind === 'sparse') return { words: spelledOut(cells, feature, rows), shift: 0 }
  const start = (feature >> 2) * rows
  return { words: cells.words.subarray(start, start + rows), shift: (feature & 3) * 8 }
}

function spelledOut(cells: SparseCells, feature: number, rows: number): Int32Array {
  const codes = new Int32Array(rows).fill(cells.zeroCodes[feature] as number)
  const end = cells.columnStarts[feature + 1] as number
  for (let k = cells.columnStarts[feature] as number; k < end; k++) {
    codes[cells.columnRows[k] as number] = cells.columnCodes[k] as number
  }
  return codes
}
