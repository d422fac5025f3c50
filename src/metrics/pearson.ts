import { KnownError } from '../errors.ts'
import { deviate, type Interval } from './interval.ts'
import { checkPairs } from './pairs.ts'

/** Pearson's product-moment correlation, in [−1, 1]; 'too-little-data' if a series is constant. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkPairs(x, y, 2)
  const [a, b] = [unit(x), unit(y)]
  const r = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
  return Math.max(-1, Math.min(1, r))
}

/** The interval of a correlation over n pairs by Fisher's z transformation (Fisher 1921), n ≥ 4. */
export function pearsonInterval(r: number, n: number, level = 0.95): Interval {
  if (!(r >= -1 && r <= 1)) throw new KnownError('data-malformed', `a correlation of ${r}`)
  if (n < 4) throw new KnownError('too-little-data', `${n} pairs, the interval of a correlation needs 4`)
  const half = deviate(level) / Math.sqrt(n - 3)
  return { low: Math.tanh(Math.atanh(r) - half), high: Math.tanh(Math.atanh(r) + half) }
}

/** Deviations from the mean, scaled to length 1. */
function unit(values: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(values)
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length
  const largest = out.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0)
  // A spread within rounding of the mean is no spread; dividing by the largest keeps squares from overflowing.
  if (!(largest > 1e-13 * Math.abs(mean))) {
    throw new KnownError('too-little-data', `every value is ${values[0]}: a constant has no correlation`)
  }
  const scaled = out.map((value) => (value - mean) / largest)
  const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0))
  return scaled.map((value) => value / length)
}
