import { type DenseGroup, featureMeaning } from '../features/features.ts'
import type { PooledState } from '../regress/pooled.ts'
import type { SparseVector } from '../regress/sparse-vector.ts'
import type { Encoder } from './encoding.ts'

/** What moved a forecast away from an average task, and by what factor. */
export interface Reason {
  readonly feature: string
  /** In words. */
  readonly meaning: string
  /** Factor on the total tokens: 1.18 = 18 % more than with an average value. */
  readonly effect: number
}

/** The model is linear, so the factors of all features multiply to the whole distance from the average task. */
export function reasonsFor(
  encoder: Encoder,
  state: PooledState,
  row: SparseVector,
  series: number | null,
  most: number,
): readonly Reason[] {
  const known = series === null ? undefined : state.series[series]
  const slope = known?.slope ?? state.common.slope
  const names = columnNames(encoder)
  const { denseColumns } = encoder
  const effects = new Map<string, { meaning: string; log10: number }>()
  for (let k = 0; k < row.indices.length; k++) {
    const column = row.indices[k] as number
    const weight =
      (state.shared[column] ?? 0) + (column < denseColumns ? (known?.own.weights[column] ?? 0) : 0)
    const { feature, meaning } = names[column] ?? WORDS
    const before = effects.get(feature)?.log10 ?? 0
    effects.set(feature, { meaning, log10: before + slope * weight * (row.values[k] as number) })
  }
  return [...effects]
    .sort(([, a], [, b]) => Math.abs(b.log10) - Math.abs(a.log10))
    .slice(0, most)
    .map(([feature, { meaning, log10 }]) => ({ feature, meaning, effect: Number((10 ** log10).toFixed(3)) }))
}

const WORDS = { feature: 'words', meaning: 'the words of the issue' } as const

/** The features of the dense columns and the repositories; every column after them is of the words. */
function columnNames({ encoding }: Encoder): readonly { feature: string; meaning: string }[] {
  const dense = Object.entries(encoding.columns).flatMap(([group, names]) =>
    names.map((feature) => ({ feature, meaning: featureMeaning(group as DenseGroup, feature) })),
  )
  const repositories = encoding.repositories.map((name) => ({
    feature: 'repository',
    meaning: `other tasks of ${name}`,
  }))
  return [...dense, ...repositories]
}
