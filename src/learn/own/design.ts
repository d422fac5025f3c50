import type { Bundle, HeadState } from '../../forecast/bundle.ts'
import { type EncodedTask, type Encoder, encoderOf } from '../../forecast/encoding.ts'
import { agentKey, type Kinship, resolvePair } from '../../forecast/pair.ts'
import { predictPooled } from '../../regress/pooled.ts'
import { type SparseVector, sparseDot } from '../../regress/sparse-vector.ts'
import type { Pair, Quantity } from '../dataset.ts'
import type { OwnHistory, OwnTask } from './history.ts'

/** The kinds of effects, each with a variance of its own. */
export const EFFECTS = ['all', 'scale', 'agent', 'pair', 'repository', 'feature'] as const
export type EffectKind = (typeof EFFECTS)[number]

/** Where the effects stand: the columns of a row, in this order. */
export interface Layout {
  readonly bundle: Bundle
  readonly agents: readonly string[]
  readonly pairs: readonly { readonly pair: Pair; readonly kinship: Kinship; readonly series: number | null }[]
  readonly repositories: readonly string[]
  /** Columns of the head that are learnt on: those before the repositories. */
  readonly features: number
  /** By column. */
  readonly kinds: readonly EffectKind[]
  readonly at: Readonly<Record<EffectKind, number>>
}

export const repositoryKey = (name: string): string => name.toLowerCase()

/** Lays out the effects that a history can tell of, on top of a head. */
export function layoutOf(bundle: Bundle, head: HeadState, { tasks, pairs }: OwnHistory): Layout {
  const agents = [...new Set(pairs.map(({ agent }) => agentKey(agent)))].sort()
  const repositories = [
    ...new Set(tasks.flatMap(({ repository }) => (repository === null ? [] : [repositoryKey(repository)]))),
  ].sort()
  const features = Object.values(head.encoding.columns).reduce((sum, names) => sum + names.length, 0)
  const counts = { all: 1, scale: 1, agent: agents.length, pair: pairs.length, repository: repositories.length }
  const kinds = EFFECTS.flatMap((kind) => Array<EffectKind>(kind === 'feature' ? features : counts[kind]).fill(kind))
  const at = Object.fromEntries(EFFECTS.map((kind) => [kind, kinds.indexOf(kind)])) as Layout['at']
  const known = pairs.map((pair) => {
    const { kinship, series } = resolvePair(bundle, pair.agent, pair.model)
    return { pair, kinship, series }
  })
  return { bundle, agents, pairs: known, repositories, features, kinds, at }
}

/** What a head says of own tasks, before anything is learnt of them. */
export interface HeadView {
  readonly encoder: Encoder
  readonly head: HeadState
  /** By task. */
  readonly rows: readonly SparseVector[]
}

const NOTHING: SparseVector = { indices: new Int32Array(0), values: new Float64Array(0) }

/** Encodes the tasks of a history; one whose text was never seen says nothing. */
export function viewOf(head: HeadState, tasks: readonly OwnTask[]): HeadView {
  const encoder = encoderOf(head.encoding)
  const encoded = ({ features, repository }: OwnTask): SparseVector =>
    features === null ? NOTHING : encoder.encode({ features, repository } satisfies EncodedTask)
  return { encoder, head, rows: tasks.map(encoded) }
}

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
  cell: { readonly task: OwnTask; readonly row: SparseVector; readonly pair: number; readonly quantity: Quantity; readonly shape: PairShape },
): DesignedCell {
  const { pair, series } = layout.pairs[cell.pair] as Layout['pairs'][number]
  const state = view.head.quantities[cell.quantity]
  const { offset, slope: before } = (series === null ? undefined : state.series[series]) ?? state.common
  const slope = before * cell.shape.slope
  const indices = [layout.at.all, layout.at.scale]
  const values = [1, slope * sparseDot(cell.row, state.shared)]
  const put = (index: number, value: number) => {
    indices.push(index)
    values.push(value)
  }
  put(layout.at.agent + layout.agents.indexOf(agentKey(pair.agent)), 1)
  put(layout.at.pair + cell.pair, 1)
  const { repository } = cell.task
  if (repository !== null)
    put(layout.at.repository + layout.repositories.indexOf(repositoryKey(repository)), slope)
  for (let k = 0; k < cell.row.indices.length; k++) {
    const column = cell.row.indices[k] as number
    if (column >= layout.features) break
    put(layout.at.feature + column, slope * (cell.row.values[k] as number))
  }
  const level = offset - singleRunBias(layout.bundle, series, cell.quantity)
  return {
    base: level + cell.shape.slope * (predictPooled(state, cell.row, series) - offset),
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
