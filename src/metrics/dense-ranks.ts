import type { Numbered } from './cluster-codes.ts'
import { countBelow } from './sorted-count.ts'

/**
 * The rank of each value among the distinct values, from 0; `count` is how many those are. By the runtime's own
 * sort of numbers, which is several times as fast as one that calls back to compare.
 */
export function denseRanks(values: ArrayLike<number>): Numbered {
  const sorted = Float64Array.from(values).sort()
  let count = 0
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i] as number
  }
  const distinct = sorted.subarray(0, count)
  const of = new Int32Array(values.length)
  for (let i = 0; i < values.length; i++) of[i] = countBelow(distinct, values[i] as number)
  return { of, count }
}
