import type { Branch } from './boosting-tree.ts'
import { plain } from './estimator.ts'

/** A boosted forest as plain JSON. A child or root ≥ 0 is a node, one below 0 is leaf −1 − child. */
export interface BoostingState {
  readonly columns: number
  /** The forecast before the first tree. */
  readonly start: number
  readonly roots: readonly number[]
  /** Per node: the column, the largest value that goes left, the children, and 1 where a missing value goes left. */
  readonly features: readonly number[]
  readonly thresholds: readonly number[]
  readonly lefts: readonly number[]
  readonly rights: readonly number[]
  readonly missingLeft: readonly number[]
  /** What each leaf adds, in the units of the target. */
  readonly leaves: readonly number[]
  /** Per column: the squared loss its cuts took away in all trees together; 0 = never used. */
  readonly gains: readonly number[]
}

/** What a grown tree does not know of itself. */
export interface TreeValues {
  /** Of the table. */
  readonly columns: number
  /** Of its leaves, left before right. */
  readonly leaves: readonly number[]
  /** Turns gains into squared units of the target. */
  readonly gainScale: number
}

/** A single grown tree as a forest that starts from 0. */
export function treeState(root: Branch, { columns, leaves, gainScale }: TreeValues): BoostingState {
  const nodes: { feature: number; threshold: number; missingLeft: number; left: number; right: number }[] = []
  const gains = new Float64Array(columns)
  let placed = 0
  const place = ({ cut, children }: Branch): number => {
    if (!cut || !children) return -++placed
    const { feature, threshold } = cut
    const node = { feature, threshold, missingLeft: cut.missingLeft ? 1 : 0, left: 0, right: 0 }
    const at = nodes.push(node) - 1
    gains[feature] = (gains[feature] as number) + cut.gain * gainScale
    node.left = place(children.left)
    node.right = place(children.right)
    return at
  }
  const roots = [place(root)]
  return {
    columns,
    start: 0,
    roots,
    features: nodes.map((node) => node.feature),
    thresholds: plain(nodes.map((node) => node.threshold)),
    lefts: nodes.map((node) => node.left),
    rights: nodes.map((node) => node.right),
    missingLeft: nodes.map((node) => node.missingLeft),
    leaves: plain(leaves),
    gains: plain(gains),
  }
}

/** Several forests as one that adds them up. */
export function joined(columns: number, start: number, forests: readonly BoostingState[]): BoostingState {
  let [nodes, leaves] = [0, 0]
  const shifts = forests.map((forest) => {
    const own = [nodes, leaves] as const
    nodes += forest.features.length
    leaves += forest.leaves.length
    return (child: number) => (child >= 0 ? child + own[0] : child - own[1])
  })
  const moved = (pick: (forest: BoostingState) => readonly number[]): number[] =>
    forests.flatMap((forest, k) => pick(forest).map(shifts[k] as (child: number) => number))
  return {
    columns,
    start,
    roots: moved((forest) => forest.roots),
    features: forests.flatMap((forest) => forest.features),
    thresholds: forests.flatMap((forest) => forest.thresholds),
    lefts: moved((forest) => forest.lefts),
    rights: moved((forest) => forest.rights),
    missingLeft: forests.flatMap((forest) => forest.missingLeft),
    leaves: forests.flatMap((forest) => forest.leaves),
    gains: Array.from({ length: columns }, (_, j) =>
      forests.reduce((sum, { gains }) => sum + (gains[j] as number), 0),
    ),
  }
}
