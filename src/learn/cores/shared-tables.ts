import { setImmediate } from 'node:timers/promises'
import { isSparse, type Matrix, type SparseMatrix } from '../../regress/matrix.ts'

/** Numbers that are copied at a time: a few milliseconds. */
const CHUNK = 1 << 21

/** A table in memory that threads share; what already is there is not copied. Others get their turn meanwhile. */
export async function sharedTable(x: Matrix | SparseMatrix): Promise<Matrix | SparseMatrix> {
  const { rows, columns } = x
  const values = await sharedNumbers(x.values)
  if (!isSparse(x)) return { rows, columns, values }
  const [starts, indices] = [await sharedIntegers(x.starts), await sharedIntegers(x.indices)]
  return { rows, columns, starts, indices, values }
}

/** Numbers in memory that threads share. */
export const sharedNumbers = async (values: Float64Array): Promise<Float64Array> =>
  values.buffer instanceof SharedArrayBuffer ? values : copied(values, emptyNumbers(values.length))

/** A new place for so many numbers. */
export const emptyNumbers = (count: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(8 * count))

/** A new place for so many 32-bit integers. */
export const emptyIntegers = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count))

const sharedIntegers = async (values: Int32Array): Promise<Int32Array> =>
  values.buffer instanceof SharedArrayBuffer ? values : copied(values, emptyIntegers(values.length))

async function copied<T extends Float64Array | Int32Array>(from: T, to: T): Promise<T> {
  for (let at = 0; at < from.length; at += CHUNK) {
    to.set(from.subarray(at, at + CHUNK), at)
    await setImmediate()
  }
  return to
}
