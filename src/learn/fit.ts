import { type Encoder, type Encoding, type EncodedTask, encoderOf, fitEncoding, type GroupWeights } from '../forecast/encoding.ts'
import { fitPooled, type PooledParams, type PooledState, predictPooled } from '../regress/pooled.ts'
import { stackRows } from '../regress/sparse-vector.ts'
import { QUANTITIES, type Quantity } from './dataset.ts'

/** What the forecaster is told, by hand; the effects of other choices are in the bundle's card. */
export interface Recipe {
  readonly weights: GroupWeights
  readonly pooled: Omit<PooledParams, 'ownColumns'>
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
    },
    repository: 0.3,
    bags: { text: 1, title: 1 },
  },
  pooled: POOLED,
}

/** From the issue alone. */
export const ISSUE_ONLY: Recipe = {
  weights: {
    dense: { length: 0.1, specificity: 0.1, structure: 0.1, diagnosis: 0.1, request: 0.1 },
    repository: 0.3,
    bags: { text: 1, title: 1 },
  },
  pooled: POOLED,
}

/** A fitted map from tasks to log10 tokens of each pair. Plain JSON. */
export interface Head {
  readonly encoding: Encoding
  readonly quantities: Readonly<Record<Quantity, PooledState>>
}

/** Targets by quantity: tasks × pairs, row-major log10 tokens, NaN = not known. */
export type Targets = Readonly<Record<Quantity, Float64Array>>

/** Fits both quantities on the same encoding. */
export function fitHead(tasks: readonly EncodedTask[], targets: Targets, pairs: number, recipe: Recipe): Head {
  const encoding = fitEncoding(tasks, recipe.weights)
  const encoder = encoderOf(encoding)
  const x = stackRows(tasks.map(encoder.encode), encoder.columns)
  const params = { ...recipe.pooled, ownColumns: encoder.denseColumns }
  const fitted = QUANTITIES.map((quantity) => {
    const y = { rows: tasks.length, columns: pairs, values: targets[quantity] }
    return [quantity, fitPooled(x, y, params)] as const
  })
  return { encoding, quantities: Object.fromEntries(fitted) as Record<Quantity, PooledState> }
}

/** log10 tokens of each task for each pair, row-major. */
export function predictHead(head: Head, encoder: Encoder, tasks: readonly EncodedTask[], quantity: Quantity): Float64Array {
  const state = head.quantities[quantity]
  const pairs = state.series.length
  const values = new Float64Array(tasks.length * pairs)
  for (const [t, task] of tasks.entries()) {
    const row = encoder.encode(task)
    for (let p = 0; p < pairs; p++) values[t * pairs + p] = predictPooled(state, row, p)
  }
  return values
}
