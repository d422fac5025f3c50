import { type CrossedFit, groupSums, rowValue } from '../../regress/crossed-effects.ts'
import { type CrossedVariances, groupShare, rowVariance } from '../../regress/crossed-equations.ts'
import type { CellRows, OwnCell } from './cells.ts'
import type { PairShape } from './design.ts'
import type { Layout } from './layout.ts'

/** Standard deviation of the factor on a slope before any run, by how well the pair is known. */
const SLOPE_SD = { trained: 0.15, 'other-agent': 0.35, unseen: 0.5 } as const
/** So many cells count as much as the spread that was known before. */
const PRIOR_CELLS = 5
const NOISE = { least: 0.05, most: 20 } as const
const LEAST_SLOPE = 0.05

/** What shapes are judged by: a fit under the shapes so far. */
export interface ShapesInput {
  readonly cells: readonly OwnCell[]
  readonly layout: Layout
  readonly shapes: readonly PairShape[]
  readonly rows: CellRows
  readonly fit: CrossedFit
  readonly variances: CrossedVariances
}

/**
 * Slope and spread of each pair, drawn to those of the pair that stands for it. What a task is like is judged without
 * the cell itself, or a cell would agree with its own error.
 */
export function pairShapes(input: ShapesInput): readonly PairShape[] {
  const { layout, shapes } = input
  const points: Point[][] = layout.pairs.map(() => [])
  const others = othersOf(input)
  for (const [i, { pair, censored }] of input.cells.entries())
    if (!censored) points[pair]?.push(pointOf(input, i, others(i)))
  return layout.pairs.map(({ kinship }, pair) => {
    const before = shapes[pair] as PairShape
    const own = points[pair] as Point[]
    return own.length < 2 ? before : shapeOf(own, before, SLOPE_SD[kinship])
  })
}

/** One cell: how far its task moves a pair of slope 1, how far it was moved, and the variances of both. */
interface Point {
  readonly moved: number
  readonly by: number
  /** Of the cell about its task, at noise 1; and of what is not known of the task. */
  readonly cell: number
  readonly task: number
}

function pointOf(
  { layout, cells, shapes, rows, fit, variances }: ShapesInput,
  i: number,
  group: Group,
): Point {
  const { slope, noise } = shapes[(cells[i] as OwnCell).pair] as PairShape
  const [level, features] = partsOf(layout, rows, fit.effects, i)
  const base = (rows.base[i] as number) - (rows.levels[i] as number)
  return {
    moved: base + (rows.y[i] as number) - level,
    by: (base + features) / slope + group.effect,
    cell: rowVariance(rows, variances, i) / noise,
    task: group.variance,
  }
}

/** What the effects say of a row: of its level, and of its task. */
function partsOf({ kinds }: Layout, { x }: CellRows, effects: Float64Array, i: number): [number, number] {
  let [level, features] = [0, 0]
  for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
    const column = x.indices[k] as number
    const value = (x.values[k] as number) * (effects[column] as number)
    const kind = kinds[column]
    if (kind === 'all' || kind === 'agent' || kind === 'pair') level += value
    else features += value
  }
  return [level, features]
}

interface Group {
  readonly effect: number
  readonly variance: number
}

/** What the other rows of a row's group tell of it. */
function othersOf({ rows, fit, variances }: ShapesInput): (i: number) => Group {
  const { weights, sums } = groupSums(rows, variances, fit.effects)
  return (i) => {
    const g = rows.groups[i] as number
    const loading = rows.loadings[i] as number
    const p = loading / rowVariance(rows, variances, i)
    const left = (rows.y[i] as number) - rowValue(rows.x, fit.effects, i)
    const variance = groupShare(Math.max(0, (weights[g] as number) - p * loading), variances.group)
    return { effect: variance * ((sums[g] as number) - p * left), variance }
  }
}

function shapeOf(points: readonly Point[], before: PairShape, slopeSd: number): PairShape {
  const weight = ({ cell, task }: Point) => 1 / (cell * before.noise + task * before.slope ** 2)
  const total = points.reduce((sum, point) => sum + weight(point), 0)
  const mean = (of: (point: Point) => number) =>
    points.reduce((sum, point) => sum + weight(point) * of(point), 0) / total
  const [by, moved] = [mean((point) => point.by), mean((point) => point.moved)]
  const sum = (of: (point: Point) => number) =>
    points.reduce((all, point) => all + weight(point) * of(point), 0)
  const joint = sum((point) => (point.by - by) * (point.moved - moved)) + 1 / slopeSd ** 2
  const spread = sum((point) => (point.by - by) ** 2) + 1 / slopeSd ** 2
  const slope = Math.max(LEAST_SLOPE, joint / spread)
  const excess = points.reduce((all, point) => {
    const missed = point.moved - moved - slope * (point.by - by)
    return all + Math.max(0, missed ** 2 - point.task * slope ** 2) / point.cell
  }, 0)
  const noise = (excess + PRIOR_CELLS) / (points.length + PRIOR_CELLS)
  return { slope, noise: Math.min(NOISE.most, Math.max(NOISE.least, noise)) }
}
