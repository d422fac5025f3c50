import type { Numbered } from './cluster-codes.ts'

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
  const of = new Int32Array(values.length)
  for (let i = 0; i < values.length; i++) of[i] = placeOf(values[i] as number, sorted, count)
  return { of, count }
}

function placeOf(value: number, distinct: Float64Array, count: number): number {
  let [low, high] = [0, count - 1]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((distinct[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
