import { KnownError } from '../errors.ts'

/** So few are sorted; and so are all that are left where pivots were bad so often. */
const FEW = 32
const MOST_ROUNDS = 64

/**
 * The p-quantile (type 7, as `quantile`) of finite values, which are reordered: found without sorting them all (Hoare 1961),
 * in time of their number.
 */
export function selectQuantile(values: Float64Array, p: number): number {
  if (values.length === 0) throw new KnownError('too-little-data', 'a quantile of 0 values')
  const position = p * (values.length - 1)
  const below = Math.floor(position)
  const low = select(values, below)
  if (below === position) return low
  let high = Number.POSITIVE_INFINITY
  for (let k = below + 1; k < values.length; k++) high = Math.min(high, values[k] as number)
  return low + (position - below) * (high - low)
}

/** Puts the value in its place that is there in sorted order, none larger before it and none smaller after it. */
function select(values: Float64Array, place: number): number {
  let [from, to] = [0, values.length - 1]
  for (let round = 0; to - from > FEW && round < MOST_ROUNDS; round++) {
    const { left, right } = partition(values, from, to)
    if (place > right && place < left) return values[place] as number
    if (place <= right) to = right
    else from = left
  }
  values.subarray(from, to + 1).sort()
  return values[place] as number
}

/** Values up to `right` are at most those from `left` on; in between all are equal. */
function partition(values: Float64Array, from: number, to: number): { left: number; right: number } {
  const pivot = middleOf(values[from] as number, values[(from + to) >>> 1] as number, values[to] as number)
  let [left, right] = [from, to]
  while (left <= right) {
    while ((values[left] as number) < pivot) left++
    while ((values[right] as number) > pivot) right--
    if (left > right) break
    const held = values[left] as number
    values[left++] = values[right] as number
    values[right--] = held
  }
  return { left, right }
}

const middleOf = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
