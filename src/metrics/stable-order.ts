import { denseRanks } from './dense-ranks.ts'

/** The row numbers in the order of their values, equal values in the order of rows; exact below 94 million rows. */
export function stableOrder(values: ArrayLike<number>): Int32Array {
  const n = values.length
  const { of } = denseRanks(values)
  const keys = new Float64Array(n)
  for (let i = 0; i < n; i++) keys[i] = (of[i] as number) * n + i
  keys.sort()
  const order = new Int32Array(n)
  for (let at = 0; at < n; at++) order[at] = (keys[at] as number) % n
  return order
}
