import { KnownError } from '../errors.ts'
import { dot } from '../regress/linear.ts'
import { clusterSizes, clusterSums, type Numbered } from './cluster-codes.ts'
import { spread, squares } from './spread.ts'

const MOST_STEPS = 5000

/** What rounding alone may leave of a column's squares. */
const ROUNDED = 1e-31

/** What is left of a column when the mean of each group is taken out. */
export function centred(values: ArrayLike<number>, groups: Numbered): Float64Array {
  const sizes = clusterSizes(groups)
  const means = clusterSums(values, groups).map((total, g) => total / (sizes[g] as number))
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++)
    out[i] = (values[i] as number) - (means[groups.of[i] as number] as number)
  return out
}

/**
 * What is left of a column when the effects of two sets of groups are taken out together, as a regression on both sets
 * of dummies leaves it: alternating projections (von Neumann 1949), sped up by conjugate gradients on their symmetric
 * form (Correia 2016), to about 1e-12 of the column's spread.
 */
export function absorbed(values: ArrayLike<number>, first: Numbered, second: Numbered): Float64Array {
  const step = (column: Float64Array): Float64Array => centred(centred(column, second), first)
  const out = centred(values, first)
  const rest = difference(out, step(out))
  const direction = rest.slice()
  const enough = 1e-26 * spread(values) + ROUNDED * squares(values)
  let size = dot(rest, rest)
  for (let k = 0; size > enough; k++) {
    if (k === MOST_STEPS)
      throw new KnownError('too-little-data', `two sets of groups that cannot be told apart in ${k} steps`)
    const moved = difference(direction, step(direction))
    const length = size / dot(direction, moved)
    add(out, -length, direction)
    add(rest, -length, moved)
    const next = dot(rest, rest)
    for (let i = 0; i < rest.length; i++) {
      direction[i] = (rest[i] as number) + (next / size) * (direction[i] as number)
    }
    size = next
  }
  return out
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const out = a.slice()
  add(out, -1, b)
  return out
}

function add(to: Float64Array, factor: number, column: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + factor * (column[i] as number)
}
