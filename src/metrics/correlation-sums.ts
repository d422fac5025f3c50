import { mean } from '../regress/linear.ts'
import { spread } from './spread.ts'

/** A column less its mean, scaled to a variance of 1 or, if constant, to 0: sums of its squares lose no digits. */
export function standardScores(values: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(values)
  const centre = mean(out)
  const variance = spread(out) / out.length
  // A spread within rounding of the mean is no spread.
  if (!(variance > (1e-13 * centre) ** 2)) return out.fill(0)
  return out.map((value) => (value - centre) / Math.sqrt(variance))
}

/** The product of two columns, row by row. */
export const products = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((value, i) => value * (b[i] as number))

/** Sums over n rows of a pair of columns. */
export interface PairSums {
  readonly a: number
  readonly b: number
  readonly aa: number
  readonly bb: number
  readonly ab: number
}

/** Pearson's r from sums; NaN where one of the columns has no spread. */
export function correlationOfSums({ a, b, aa, bb, ab }: PairSums, n: number): number {
  const [left, right] = [aa - (a * a) / n, bb - (b * b) / n]
  if (!(left > 1e-12 * aa && right > 1e-12 * bb)) return Number.NaN
  return Math.max(-1, Math.min(1, (ab - (a * b) / n) / Math.sqrt(left * right)))
}
