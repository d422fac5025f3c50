import { pearsonOfRows } from '../metrics/pearson-rows.ts'
import type { Dataset } from './dataset.ts'

/** The values of one pair, by task. */
export function columnOf({ tasks, pairs }: Dataset, values: Float64Array, pair: number): Float64Array {
  return Float64Array.from(tasks, (_, t) => values[t * pairs.length + pair] as number)
}

/** Mean over pairs of the correlation within each, over the tasks that have both values. */
export function meanR(
  dataset: Dataset,
  actual: Float64Array,
  predicted: Float64Array,
  pairs: readonly number[],
): number {
  const rows = [...dataset.tasks.keys()]
  const each = pairs.map((pair) =>
    pearsonOfRows(columnOf(dataset, actual, pair), columnOf(dataset, predicted, pair), rows),
  )
  return each.reduce((sum, r) => sum + r, 0) / each.length
}
