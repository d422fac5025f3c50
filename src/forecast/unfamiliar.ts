import type { FeatureValue } from '../features/extractor.ts'
import type { SparseVector } from '../regress/sparse-vector.ts'
import type { EncodedTask, Encoder } from './encoding.ts'

/** How unlike the training tasks a task is. */
export interface Strangeness {
  /** Share of its grams that no two training tasks had. */
  readonly grams: number
  /** Root mean square of its dense features, in weighted standard deviations. */
  readonly distance: number
}

/** Measures a task, encoded as `row`, against the tasks an encoder was fitted on. */
export function strangenessOf(encoder: Encoder, task: EncodedTask, row: SparseVector): Strangeness {
  const { encoding, denseColumns } = encoder
  const bag = task.features.bags.text
  let unknown = 0
  for (const bucket of bag.keys()) if (!encoder.knowsGram(bucket)) unknown++
  const repositoryColumns = denseColumns - encoding.repositories.length
  let squares = 0
  for (let k = 0; k < row.indices.length && (row.indices[k] as number) < repositoryColumns; k++) {
    squares += (row.values[k] as number) ** 2
  }
  const weight = Object.values(encoding.weights.dense).reduce((sum, each) => sum + each, 0)
  return { grams: bag.size === 0 ? 1 : unknown / bag.size, distance: Math.sqrt(squares / weight) }
}

/** Lowest and highest value in training, per feature of the repository's shape. */
export type ShapeRanges = readonly (readonly [low: number, high: number])[]

/** How far beyond the training range, as a share of it, a repository may lie and still count as alike. */
const SLACK = 0.5

/** Whether a repository is of a make-up never trained on: another language, or far larger or smaller than any. */
export function isOddShape(ranges: ShapeRanges, shape: readonly FeatureValue[]): boolean {
  return ranges.some(([low, high], index) => {
    const value = shape[index] ?? null
    const slack = SLACK * (high - low)
    return value !== null && (value < low - slack || value > high + slack)
  })
}
