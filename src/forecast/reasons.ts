import { featureMeaning } from '../features/features.ts'
import { type PooledState, partOf } from '../regress/pooled.ts'
import type { SparseVector } from '../regress/sparse-vector.ts'
import type { Remembered } from './bundle.ts'
import { type Encoder, usedGroups } from './encoding.ts'

/** What moved a forecast away from an average task, and by what factor. */
export interface Reason {
  readonly feature: string
  /** In words. */
  readonly meaning: string
  /** Factor on the total tokens: 1.18 = 18 % more than with an average value. */
  readonly effect: number
}

/** Names of the dense columns of an encoder, found once for all forecasts; the columns after them are of the words. */
export type ColumnNames = readonly Omit<Reason, 'effect'>[]

export function columnNames({ encoding }: Encoder): ColumnNames {
  const dense = usedGroups(encoding.weights).flatMap((group) =>
    (encoding.columns[group] ?? []).map((feature) => ({ feature, meaning: featureMeaning(group, feature) })),
  )
  const repositories = encoding.repositories.map((name) => {
    return { feature: 'repository', meaning: `other tasks of ${name}` }
  })
  return [...dense, ...repositories]
}

/** That the task was run before. */
export const knownTask = ({ total }: Remembered): Reason => ({
  feature: 'known_task',
  meaning: 'earlier runs of this very task',
  effect: Number((10 ** total).toFixed(3)),
})

const WORDS = { feature: 'words', meaning: 'the words of the issue' }
const SELF = { feature: 'self_forecast', meaning: 'what the model itself forecast' }

/** For whom the reasons are, and how many of the strongest. */
export interface ReasonsAsked {
  readonly series: number | null
  readonly hints: readonly number[] | null
  readonly most: number
}

/** The model is linear, so the factors of all features multiply to the whole distance from the average task. */
export function reasonsFor(
  names: ColumnNames,
  state: PooledState,
  row: SparseVector,
  { series, hints, most }: ReasonsAsked,
): readonly Reason[] {
  const { slope, part, hints: used } = partOf(state, series, hints)
  const own = part?.weights ?? []
  const effects: { name: Omit<Reason, 'effect'>; size: number }[] = []
  let words = 0
  for (let k = 0; k < row.indices.length; k++) {
    const [column, value] = [row.indices[k] as number, row.values[k] as number]
    const shared = value * (state.shared[column] as number)
    const name = names[column]
    if (name === undefined) words += shared
    else effects.push({ name, size: shared + value * (own[column] ?? 0) })
  }
  const self = used.reduce((sum, hint, j) => sum + hint * (own[names.length + j] as number), 0)
  effects.push({ name: WORDS, size: words }, { name: SELF, size: self })
  return effects
    .filter(({ size }) => size !== 0)
    .sort((a, b) => Math.abs(b.size) - Math.abs(a.size))
    .slice(0, most)
    .map(({ name, size }) => ({ ...name, effect: Number((10 ** (slope * size)).toFixed(3)) }))
}
