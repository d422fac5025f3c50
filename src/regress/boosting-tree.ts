import { fillHistogram, subtractHistogram } from './boosting-histogram.ts'
import type { Packing } from './boosting-packing.ts'
import { divideRows, type LeafRows } from './boosting-partition.ts'
import { agreedCuts, bestCut, type Cut, type SplitRules } from './boosting-split.ts'
import type { Team } from './boosting-team.ts'

export interface TreeRules extends SplitRules {
  readonly maxLeaves: number
  readonly maxDepth: number
  readonly team: Team
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
  const grown = { rows, depth: 0, histogram: histogramOf(rows, packing, rules) }
  const [root] = branches([grown], rules) as [Branch]
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

/** The leaves of a tree, left before right. */
export const leavesOf = (branch: Branch): readonly Branch[] =>
  branch.children ? [...leavesOf(branch.children.left), ...leavesOf(branch.children.right)] : [branch]

const gainOf = ({ cut }: Branch): number => cut?.gain ?? -1

interface Setting {
  readonly packing: Packing
  readonly rules: TreeRules
  /** No other cut comes after this one. */
  readonly last: boolean
}

/** The two halves of a leaf. The smaller one is summed, the larger is what remains of the leaf's own histogram. */
function split(leaf: Branch, cut: Cut, { packing, rules, last }: Setting): Branch['children'] & object {
  const { left, right } = divideRows(leaf.rows, cut, rules)
  const depth = leaf.depth + 1
  const whole = leaf.histogram as Float64Array
  const most = Math.max(left.own.length, right.own.length)
  if (last || depth >= rules.maxDepth || most < 2 * rules.minLeafRows) {
    rules.pool.push(whole)
    const final = { depth, histogram: null, cut: null, children: null }
    return { left: { ...final, rows: left }, right: { ...final, rows: right } }
  }
  const leftIsSmall = left.own.length < right.own.length
  const small = histogramOf(leftIsSmall ? left : right, packing, rules)
  subtractHistogram(whole, small)
  const halves = [
    { rows: left, depth, histogram: leftIsSmall ? small : whole },
    { rows: right, depth, histogram: leftIsSmall ? whole : small },
  ]
  const [ofLeft, ofRight] = branches(halves, rules) as [Branch, Branch]
  return { left: ofLeft, right: ofRight }
}

type Grown = Pick<Branch, 'rows' | 'depth'> & { readonly histogram: Float64Array }

/** Leaves with the best cuts there are for them. */
function branches(grown: readonly Grown[], rules: TreeRules): Branch[] {
  const own = grown.map(({ rows, histogram }) =>
    rows.own.length >= 2 * rules.minLeafRows ? bestCut(histogram, rules) : null,
  )
  const cuts = agreedCuts(own, rules.team)
  return grown.map((each, k) => ({ ...each, cut: cuts[k] ?? null, children: null }))
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
