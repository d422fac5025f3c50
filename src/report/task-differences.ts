import type { Estimate } from '../metrics/clustered-estimate.ts'
import { clusteredMean } from '../metrics/clustered-mean.ts'
import { mcnemar } from '../metrics/mcnemar.ts'
import { attempt } from './cells.ts'
import { clusterP } from './cluster-p.ts'
import type { Unsaid } from './document.ts'

/** Outcomes of one arm. */
export interface Side {
  readonly values: Float64Array
  /** What is compared with its like in the other arm: a task, or a system on a task. */
  readonly cells: ArrayLike<number>
  /** The task of each: what goes together. */
  readonly tasks: ArrayLike<number>
}

/** What two arms differ by in every cell that both have. A cell counts once, however often it was run. */
export interface TaskDifferences {
  /** Mean of arm 1 less that of arm 0; by cell, in the order of arm 0. */
  readonly values: Float64Array
  readonly tasks: Int32Array
  /** Runs in these cells. */
  readonly runs: number
  /** Whether each of them was run once in either arm, and all outcomes are 0 or 1. */
  readonly isSingle: boolean
}

export function taskDifferences(reference: Side, other: Side): TaskDifferences {
  const [from, to] = [meansOf(reference), meansOf(other)]
  const values: number[] = []
  const tasks: number[] = []
  let runs = 0
  for (const [cell, { sum, count, task }] of from) {
    const match = to.get(cell)
    if (match === undefined) continue
    values.push(match.sum / match.count - sum / count)
    tasks.push(task)
    runs += count + match.count
  }
  const isWhole = values.every((value) => value === 0 || Math.abs(value) === 1)
  return {
    values: Float64Array.from(values),
    tasks: Int32Array.from(tasks),
    runs,
    isSingle: isWhole && runs === 2 * values.length && new Set(tasks).size === tasks.length,
  }
}

function meansOf({ values, cells, tasks }: Side) {
  const means = new Map<number, { sum: number; count: number; readonly task: number }>()
  for (let i = 0; i < values.length; i++) {
    const [cell, value] = [cells[i] as number, values[i] as number]
    const mean = means.get(cell)
    if (mean === undefined) means.set(cell, { sum: value, count: 1, task: tasks[i] as number })
    else {
      mean.sum += value
      mean.count++
    }
  }
  return means
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
  const sums = new Map<number, number>()
  for (const [i, task] of tasks.entries()) sums.set(task, (sums.get(task) ?? 0) + (values[i] as number))
  return Float64Array.from(sums.values(), (sum) => (Math.abs(sum) > 1e-12 ? sum : 0))
}
