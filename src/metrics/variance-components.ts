import { KnownError } from '../errors.ts'
import { clusterSizes, clusterSums, type Numbered } from './cluster-codes.ts'

/** One-way analysis of variance of runs by task. */
export interface VarianceComponents {
  /** Mean squares between tasks and within them. */
  readonly between: number
  readonly within: number
  /** The size that stands for all of them where sizes differ: Donner's (1986) n₀. */
  readonly size: number
  /** Degrees of freedom of the two mean squares. */
  readonly df: { readonly above: number; readonly below: number }
}

/** Mean squares between and within tasks; at least 2 tasks, and a repeat of one, are needed. */
export function varianceComponents(values: ArrayLike<number>, tasks: Numbered): VarianceComponents {
  const rows = values.length
  if (tasks.count < 2 || rows <= tasks.count) {
    throw new KnownError(
      'too-little-data',
      `${rows} runs of ${tasks.count} tasks: ≥ 2 tasks and a repeat are needed`,
    )
  }
  const sizes = clusterSizes(tasks)
  const means = clusterSums(values, tasks).map((total, t) => total / (sizes[t] as number))
  const grand = means.reduce((total, mean, t) => total + mean * (sizes[t] as number), 0) / rows
  let [between, within, squares] = [0, 0, 0]
  for (let t = 0; t < tasks.count; t++) {
    const size = sizes[t] as number
    between += size * ((means[t] as number) - grand) ** 2
    squares += size * size
  }
  for (let i = 0; i < rows; i++)
    within += ((values[i] as number) - (means[tasks.of[i] as number] as number)) ** 2
  const df = { above: tasks.count - 1, below: rows - tasks.count }
  const size = (rows - squares / rows) / df.above
  return { between: between / df.above, within: within / df.below, size, df }
}
