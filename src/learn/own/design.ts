import type { Bundle, HeadState } from '../../forecast/bundle.ts'
import { agentKey, agentPrior } from '../../forecast/pair.ts'
import { partOf } from '../../regress/pooled.ts'
import type { SparseBuilder } from '../../regress/sparse-builder.ts'
import { sparseDot } from '../../regress/sparse-vector.ts'
import type { Quantity } from '../dataset.ts'
import type { OwnTask } from './history.ts'
import { type Layout, repositoryKey } from './layout.ts'
import type { SeenTask } from './seen-task.ts'

/** How a pair follows the sizes of tasks, and how far it strays, against the pair that stands for it. */
export interface PairShape {
  /** Factor on the slope. */
  readonly slope: number
  /** Factor on the variance about the forecast. */
  readonly noise: number
}

export const PLAIN_SHAPE: PairShape = { slope: 1, noise: 1 }

/** log10 tokens of a pair on a task by the bundle. */
export interface DesignedCell {
  readonly base: number
  /** What of it is the level of the pair. */
  readonly level: number
}

/** A pair on a task. */
export interface Designing {
  readonly task: OwnTask
  readonly seen: SeenTask
  readonly pair: number
  readonly quantity: Quantity
  readonly shape: PairShape
}

/** Writes the row of one cell into `rows`. */
export function designCell(
  { layout, head }: { readonly layout: Layout; readonly head: HeadState },
  { task, seen, pair: place, quantity, shape }: Designing,
  rows: SparseBuilder,
): DesignedCell {
  const { pair, series } = layout.pairs[place] as Layout['pairs'][number]
  const { offset, slope: before, part } = partOf(head.quantities[quantity], series, null)
  const { dense } = seen
  const slope = before * shape.slope
  const size = seen.size[quantity]
  rows.put(layout.at.all, 1)
  rows.put(layout.at.scale, slope * size)
  rows.put(layout.at.agent + layout.agents.indexOf(agentKey(pair.agent)), 1)
  rows.put(layout.at.pair + place, 1)
  const { repository } = task
  const known = repository === null ? undefined : layout.repositoryAt.get(repositoryKey(repository))
  if (known !== undefined) rows.put(layout.at.repository + known, slope)
  for (let k = 0; k < dense.indices.length; k++) {
    const column = dense.indices[k] as number
    if (column >= layout.features) break
    rows.put(layout.at.feature + column, slope * (dense.values[k] as number))
  }
  rows.endRow()
  const own = part === null ? 0 : part.intercept + sparseDot(dense, part.weights)
  const expected = agentPrior(layout.bundle, pair.agent, quantity).shift
  const level = offset + expected - singleRunBias(layout.bundle, series, quantity)
  return { base: level + slope * (size + own), level }
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
