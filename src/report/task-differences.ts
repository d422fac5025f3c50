import { clustersOf } from '../metrics/cluster-codes.ts'
import type { Estimate } from '../metrics/clustered-estimate.ts'
import { clusteredMean } from '../metrics/clustered-mean.ts'
import { mcnemar } from '../metrics/mcnemar.ts'
import { attempt } from './cells.ts'
import { clusterP } from './cluster-p.ts'
import type { Unsaid } from './document.ts'

/** Runs of two arms, a place for each in every column. */
export interface TwoArmRows {
  readonly outcomes: ArrayLike<number>
  /** 0 = the reference, 1 = the other. */
  readonly arms: ArrayLike<number>
  /** The code of what is compared with its like in the other arm: a task, or a system on a task. */
  readonly cells: ArrayLike<number>
  /** The code of the task: what goes together. */
  readonly tasks: ArrayLike<number>
}

/** What two arms differ by in every cell that both have. A cell counts once, however often it was run. */
export interface TaskDifferences {
  /** Mean of arm 1 less that of arm 0; by cell, in the order of their codes. */
  readonly values: Float64Array
  readonly tasks: Int32Array
  /** Runs in these cells. */
  readonly runs: number
  /** Whether each task was run once in either arm, and all outcomes are 0 or 1. */
  readonly isSingle: boolean
}

export function taskDifferences({ outcomes, arms, cells, tasks }: TwoArmRows): TaskDifferences {
  const { of, count } = clustersOf(cells)
  const [sums, sizes, taskOf] = [
    new Float64Array(2 * count),
    new Int32Array(2 * count),
    new Int32Array(count),
  ]
  for (let i = 0; i < of.length; i++) {
    const cell = of[i] as number
    const at = 2 * cell + (arms[i] as number)
    sums[at] = (sums[at] as number) + (outcomes[i] as number)
    sizes[at] = (sizes[at] as number) + 1
    taskOf[cell] = tasks[i] as number
  }
  const shared = taskOf.map((_, cell) => cell).filter((cell) => sizes[2 * cell] && sizes[2 * cell + 1])
  const mean = (at: number) => (sums[at] as number) / (sizes[at] as number)
  const values = Float64Array.from(shared, (cell) => mean(2 * cell + 1) - mean(2 * cell))
  const codes = shared.map((cell) => taskOf[cell] as number)
  const runs = shared.reduce(
    (sum, cell) => sum + (sizes[2 * cell] as number) + (sizes[2 * cell + 1] as number),
    0,
  )
  const isWhole = values.every((value) => value === 0 || Math.abs(value) === 1)
  const isSingle = isWhole && runs === 2 * shared.length && new Set(codes).size === codes.length
  return { values, tasks: codes, runs, isSingle }
}

/** Their mean, with the t interval by tasks; of one run in either arm the paired t interval. */
export const meanDifference = ({ values, tasks }: TaskDifferences): Estimate | Unsaid =>
  attempt(() => clusteredMean(values, tasks))

/** Two-sided: `p` counts arrangements like the one seen in full, `midP` half. */
export interface PairedTest {
  readonly p: number
  readonly midP: number
}

/** McNemar's test for one run in either arm, else a permutation of the signs of the tasks. Fewer than two tell nothing. */
export function pairedTest({ values, tasks, isSingle }: TaskDifferences, draws?: number): PairedTest {
  if (isSingle) return mcnemar(counted(values, -1), counted(values, 1))
  const sums = sumsOf(values, tasks)
  if (counted(sums, 0) > sums.length - 2) return { p: 1, midP: 1 }
  const information = Float64Array.of(1)
  return clusterP({ comparison: 'within', contributions: [sums], information, rows: values.length }, draws)
}

const counted = (values: Float64Array, sought: number): number =>
  values.reduce((count, value) => count + (value === sought ? 1 : 0), 0)

/** Task by task; what rounding leaves of differences that cancel is 0. */
function sumsOf(values: Float64Array, tasks: Int32Array): Float64Array {
  const { of, count } = clustersOf(tasks)
  const sums = new Float64Array(count)
  for (const [i, task] of of.entries()) sums[task] = (sums[task] as number) + (values[i] as number)
  return sums.map((sum) => (Math.abs(sum) > 1e-12 ? sum : 0))
}
