import { featureMeaning } from '../features/features.ts'
import type { PooledState } from '../regress/pooled.ts'
import type { SparseVector } from '../regress/sparse-vector.ts'
import { type Encoder, usedGroups } from './encoding.ts'

/** What moved a forecast away from an average task, and by what factor. */
export interface Reason {
  readonly feature: string
  /** In words. */
  readonly meaning: string
  /** Factor on the total tokens: 1.18 = 18 % more than with an average value. */
  readonly effect: number
}

/** Which feature each column of an encoded row belongs to; every column from `denseColumns` on is of the words. */
export interface Namer {
  readonly denseColumns: number
  readonly names: readonly Omit<Reason, 'effect'>[]
  /** By dense column, an index into `names`. */
  readonly owner: Int32Array
}

const [SELF, WORDS] = [0, 1]

/** Names the columns of an encoder, once for all forecasts. */
export function namerOf({ encoding, denseColumns }: Encoder): Namer {
  const dense = usedGroups(encoding.weights).flatMap((group) =>
    (encoding.columns[group] ?? []).map((feature) => ({ feature, meaning: featureMeaning(group, feature) })),
  )
  const fixed = [
    { feature: 'self_forecast', meaning: 'what the model itself forecast' },
    { feature: 'words', meaning: 'the words of the issue' },
  ]
  const repositories = encoding.repositories.map((name) => {
    return { feature: 'repository', meaning: `other tasks of ${name}` }
  })
  const owner = Int32Array.from({ length: denseColumns }, (_, column) => fixed.length + column)
  return { denseColumns, names: [...fixed, ...dense, ...repositories], owner }
}
