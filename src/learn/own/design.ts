import type { Bundle } from '../../forecast/bundle.ts'
import { agentKey } from '../../forecast/pair.ts'
import { partOf } from '../../regress/pooled.ts'
import { type SparseVector, sparseDot } from '../../regress/sparse-vector.ts'
import type { Quantity } from '../dataset.ts'
import type { OwnTask } from './history.ts'
import { type Layout, repositoryKey } from './layout.ts'
import type { HeadView, SeenTask } from './seen-task.ts'

/** How a pair follows the sizes of tasks, and how far it strays, against the pair that stands for it. */
export interface PairShape {
  /** Factor on the slope. */
  readonly slope: number
  /** Factor on the variance about the forecast. */
  readonly noise: number
}

export const PLAIN_SHAPE: PairShape = { slope: 1, noise: 1 }

/** log10 tokens by the bundle, and the row of effects, of a pair on a task. */
export interface DesignedCell {
  readonly base: number
  /** What of it is the level of the pair. */
  readonly level: number
  readonly effects: SparseVector
}

/** Writes the row of one cell. */
export function cellOf(
  layout: Layout,
  view: HeadView,
  cell: {
    readonly task: OwnTask
    readonly seen: SeenTask
    readonly pair: number
    readonly quantity: Quantity
    readonly shape: PairShape
  },
): DesignedCell {
  const { pair, series } = layout.pairs[cell.pair] as Layout['pairs'][number]
  const state = view.head.quantities[cell.quantity]
  const { offset, slope: before, part } = partOf(state, series, null)
  const { dense } = cell.seen
  const slope = before * cell.shape.slope
  const size = cell.seen.size[cell.quantity]
  const own = part === null ? 0 : part.intercept + sparseDot(dense, part.weights)
  const indices = [layout.at.all, layout.at.scale]
  const values = [1, slope * size]
  const put = (index: number, value: number) => {
    indices.push(index)
    values.push(value)
  }
  put(layout.at.agent + layout.agents.indexOf(agentKey(pair.agent)), 1)
  put(layout.at.pair + cell.pair, 1)
  const { repository } = cell.task
  const place = repository === null ? -1 : layout.repositories.indexOf(repositoryKey(repository))
  if (place >= 0) put(layout.at.repository + place, slope)
  for (let k = 0; k < dense.indices.length; k++) {
    const column = dense.indices[k] as number
    if (column >= layout.features) break
    put(layout.at.feature + column, slope * (dense.values[k] as number))
  }
  const level = offset - singleRunBias(layout.bundle, series, cell.quantity)
  return {
    base: level + cell.shape.slope * before * (size + own),
    level,
    effects: { indices: Int32Array.from(indices), values: Float64Array.from(values) },
  }
}

/**
 * By how much the recorded means of several runs lie above what one run is forecast to take, in log10 tokens: the mean of
 * log-normal runs lies above their median by ln 10 / 2 · sd².
 */
export function singleRunBias({ pairs }: Bundle, series: number | null, quantity: Quantity): number {
  const facts = pairs[series ?? -1]
  const of = (facts === undefined ? pairs : [facts]).map(
    ({ runs, runNoise }) => (Math.LN10 / 2) * runNoise[quantity] ** 2 * (1 - 1 / runs),
  )
  return of.reduce((sum, each) => sum + each, 0) / of.length
}
