import { fillHistogram, subtractHistogram } from './boosting-histogram.ts'
import type { Packing } from './boosting-packing.ts'
import { divideRows, type LeafRows } from './boosting-partition.ts'
import { bestCut, type Cut, type SplitRules } from './boosting-split.ts'

export interface TreeRules extends SplitRules {
  readonly maxLeaves: number
  readonly maxDepth: number
  /** Histogram buffers, used again from tree to tree. */
  readonly pool: Float64Array[]
}

/** A part of a tree: a leaf, or with `children` a cut and what lies on both sides of it. */
export interface Branch {
  readonly rows: LeafRows
  readonly depth: number
  /** The best cut that is allowed, if any. */
  readonly cut: Cut | null
  histogram: Float64Array | null
  children: { readonly left: Branch; readonly right: Branch } | null
}

/** Grows a tree leaf by leaf, always where the loss falls most (best-first; Shi 2007); reorders the rows on the way. */
export function growTree(rows: LeafRows, packing: Packing, rules: TreeRules): Branch {
  const root = branch(rows, 0, { histogram: histogramOf(rows, packing, rules), packing, rules })
  const leaves = [root]
  while (leaves.length < rules.maxLeaves) {
    const leaf = leaves.reduce((best, each) => (gainOf(each) > gainOf(best) ? each : best))
    if (!leaf.cut) break
    const last = leaves.length + 1 === rules.maxLeaves
    const { left, right } = split(leaf, leaf.cut, { packing, rules, last })
    leaf.children = { left, right }
    leaf.histogram = null
    leaves.splice(leaves.indexOf(leaf), 1, left, right)
  }
  for (const { histogram } of leaves) if (histogram) rules.pool.push(histogram)
  return root
}

const gainOf = ({ cut }: Branch): number => cut?.gain ?? -1

interface Setting {
  readonly packing: Packing
  readonly rules: TreeRules
}

/** The two halves of a leaf. The smaller one is summed, the larger is what remains of the leaf's own histogram. */
function split(
  leaf: Branch,
  cut: Cut,
  setting: Setting & { readonly last: boolean },
): { left: Branch; right: Branch } {
  const { packing, rules, last } = setting
  const { left, right } = divideRows(rules.binned, leaf.rows, cut)
  const depth = leaf.depth + 1
  const whole = leaf.histogram as Float64Array
  const most = Math.max(left.own.length, right.own.length)
  if (last || depth >= rules.maxDepth || most < 2 * rules.minLeafRows) {
    rules.pool.push(whole)
    const final = { ...setting, histogram: null }
    return { left: branch(left, depth, final), right: branch(right, depth, final) }
  }
  const leftIsSmall = left.own.length < right.own.length
  const small = histogramOf(leftIsSmall ? left : right, packing, rules)
  subtractHistogram(whole, small)
  return {
    left: branch(left, depth, { ...setting, histogram: leftIsSmall ? small : whole }),
    right: branch(right, depth, { ...setting, histogram: leftIsSmall ? whole : small }),
  }
}

function branch(
  rows: LeafRows,
  depth: number,
  setting: Setting & { readonly histogram: Float64Array | null },
): Branch {
  const { histogram, packing, rules } = setting
  const divisible = histogram && rows.own.length >= 2 * rules.minLeafRows
  const cut = divisible ? bestCut(histogram, total(rows.own, packing.packed), rules) : null
  return { rows, depth, cut, histogram, children: null }
}

function total(rows: Int32Array, packed: Float64Array): number {
  let sum = 0
  for (let k = 0; k < rows.length; k++) sum += packed[rows[k] as number] as number
  return sum
}

function histogramOf(
  { own }: LeafRows,
  { packed }: Packing,
  { binned, features, pool }: TreeRules,
): Float64Array {
  const histogram = pool.pop() ?? new Float64Array(binned.slots)
  fillHistogram(binned, { rows: own, packed, features }, histogram)
  return histogram
}
