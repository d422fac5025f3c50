import { clusterSizes, clustersOf } from './cluster-codes.ts'
import { checkPairs } from './pairs.ts'
import { stableOrder } from './stable-order.ts'

/** Where each run stands among the runs of its task, cheapest first. */
export interface RunOrder {
  /** 0 = the lowest value of the task; equal values keep the order of rows. */
  readonly place: Int32Array
  /** How many runs its task has. */
  readonly runs: Int32Array
}

/** Ranks the runs of each task among themselves: least, lower, upper, most. */
export function runOrder(values: ArrayLike<number>, codes: ArrayLike<number>): RunOrder {
  checkPairs(values, codes)
  const tasks = clustersOf(codes)
  const sizes = clusterSizes(tasks)
  const seen = new Int32Array(tasks.count)
  const [place, runs] = [new Int32Array(values.length), new Int32Array(values.length)]
  const order = stableOrder(values)
  for (let at = 0; at < order.length; at++) {
    const row = order[at] as number
    const task = tasks.of[row] as number
    place[row] = seen[task] as number
    seen[task] = (seen[task] as number) + 1
    runs[row] = sizes[task] as number
  }
  return { place, runs }
}
