import { KnownError } from '../errors.ts'
import { checkPairs } from './pairs.ts'
import { stableOrder } from './stable-order.ts'

/**
 * The group of each row, 0 … k − 1, when rows are sorted by value and cut into k groups of equal size: the first ones
 * have one row more where it does not divide evenly. Equal values keep the order of rows.
 */
export function equalGroups(values: ArrayLike<number>, k: number): Int32Array {
  checkPairs(values, values)
  if (!(Number.isInteger(k) && k >= 1)) throw new KnownError('data-malformed', `${k} groups`)
  if (values.length < k) throw new KnownError('too-little-data', `${k} groups of ${values.length} rows`)
  const order = stableOrder(values)
  const groups = new Int32Array(values.length)
  for (let g = 0, at = 0; g < k; g++) {
    const end = at + Math.floor(values.length / k) + (g < values.length % k ? 1 : 0)
    for (; at < end; at++) groups[order[at] as number] = g
  }
  return groups
}
