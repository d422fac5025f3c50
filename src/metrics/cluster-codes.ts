import { KnownError } from '../errors.ts'

/** Rows sorted into groups that are numbered without gaps. */
export interface Numbered {
  /** How many groups there are. */
  readonly count: number
  /** The group of each row, 0 … count − 1. */
  readonly of: Int32Array
}

/** The cluster (task, repository, day …) of each row. */
export interface Clusters extends Numbered {
  /** The code each cluster was given by, ascending. */
  readonly codes: Int32Array
}

const MOST = 2 ** 24

/** Numbers the clusters that occur, in the order of their codes: whole numbers from 0, below 2²⁴. */
export function clustersOf(codes: ArrayLike<number>): Clusters {
  const numbers = new Int32Array(largestCode(codes) + 1)
  for (let i = 0; i < codes.length; i++) numbers[codes[i] as number] = 1
  let count = 0
  for (let code = 0; code < numbers.length; code++) {
    if (numbers[code] === 1) numbers[code] = count++
  }
  const of = new Int32Array(codes.length)
  const named = new Int32Array(count)
  for (let i = 0; i < codes.length; i++) {
    const number = numbers[codes[i] as number] as number
    of[i] = number
    named[number] = codes[i] as number
  }
  return { count, of, codes: named }
}

/** The sum of each cluster's values. */
export function clusterSums(values: ArrayLike<number>, { of, count }: Numbered): Float64Array {
  const sums = new Float64Array(count)
  for (let i = 0; i < of.length; i++) {
    const cluster = of[i] as number
    sums[cluster] = (sums[cluster] as number) + (values[i] as number)
  }
  return sums
}

/** How many rows each cluster has. */
export function clusterSizes({ of, count }: Numbered): Int32Array {
  const sizes = new Int32Array(count)
  for (let i = 0; i < of.length; i++) sizes[of[i] as number] = (sizes[of[i] as number] as number) + 1
  return sizes
}

function largestCode(codes: ArrayLike<number>): number {
  let largest = -1
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    if (!(Number.isInteger(code) && code >= 0 && code < MOST))
      throw new KnownError('data-malformed', `the cluster of row ${i} is ${code}, not a code from 0`)
    if (code > largest) largest = code
  }
  return largest
}
