import {
  type EncodedTask,
  type Encoding,
  encoderOf,
  fitEncoding,
  type GroupWeights,
} from '../forecast/encoding.ts'
import { fitPooled, type Hints, type PooledParams, type PooledState } from '../regress/pooled.ts'
import { stackRows } from '../regress/sparse-vector.ts'
import { QUANTITIES, type Quantity } from './dataset.ts'

/** What the forecaster is told, by hand; the effects of other choices are in the bundle's card. */
export interface Recipe {
  readonly weights: GroupWeights
  readonly pooled: Omit<PooledParams, 'ownColumns'>
  /** Whether the models' own forecasts are learnt from, for tasks where they are given. */
  readonly hints: boolean
}

const POOLED = { sharedPenalty: 4, ownPenalty: 15, priorRows: 20 } as const

/** With a repository. */
export const WITH_REPOSITORY: Recipe = {
  weights: {
    dense: {
      specificity: 0.1,
      structure: 0.1,
      diagnosis: 0.1,
      quotes: 0.15,
      spread: 0.2,
      sizes: 0.1,
      effort: 0.05,
      symbols: 0.05,
      past: 0.05,
      imports: 0.05,
      agreement: 0.05,
      standing: 0.15,
    },
    repository: 0.3,
    bags: { text: 1, title: 1 },
  },
  pooled: POOLED,
  hints: true,
}

/** From the issue alone. */
export const ISSUE_ONLY: Recipe = {
  weights: {
    dense: { length: 0.1, specificity: 0.1, structure: 0.1, diagnosis: 0.1, request: 0.1 },
    repository: 0.3,
    bags: { text: 1, title: 1 },
  },
  pooled: POOLED,
  hints: true,
}

/** A fitted map from tasks to log10 tokens of each pair. Plain JSON. */
export interface Head {
  readonly encoding: Encoding
  readonly quantities: Readonly<Record<Quantity, PooledState>>
}

/** Targets by quantity: tasks × pairs, row-major log10 tokens, NaN = not known. */
export type Targets = Readonly<Record<Quantity, Float64Array>>

/** What a head is fitted on. `hints`: by pair, tasks × 2, the model's own forecasts. */
export interface HeadData {
  readonly tasks: readonly EncodedTask[]
  readonly targets: Targets
  readonly pairs: number
  readonly hints: Hints
}

/** Fits both quantities on the same encoding. */
export function fitHead({ tasks, targets, pairs, hints }: HeadData, recipe: Recipe): Head {
  const encoding = fitEncoding(tasks, recipe.weights)
  const encoder = encoderOf(encoding)
  const x = stackRows(tasks.map(encoder.encode), encoder.columns)
  const params = { ...recipe.pooled, ownColumns: encoder.denseColumns }
  const fitted = QUANTITIES.map((quantity) => {
    const y = { rows: tasks.length, columns: pairs, values: targets[quantity] }
    return [quantity, fitPooled(x, y, params, hints)] as const
  })
  return { encoding, quantities: Object.fromEntries(fitted) as Record<Quantity, PooledState> }
}
