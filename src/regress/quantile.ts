import { KnownError } from '../errors.ts'
import { checkRange } from './training-data.ts'

/** The p-quantile of sorted values by linear interpolation: Hyndman and Fan (1996) type 7, NumPy's default. */
export function sortedQuantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new KnownError('too-little-data', 'a quantile of 0 values')
  checkRange('the quantile level', p, [0, 1])
  const position = p * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] as number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number
  return low + (position - below) * (high - low)
}

/** The p-quantile (type 7) of values in any order. */
export const quantile = (values: ArrayLike<number>, p: number): number =>
  sortedQuantile(Float64Array.from(values).sort(), p)
