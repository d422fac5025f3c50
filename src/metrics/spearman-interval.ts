import { KnownError } from '../errors.ts'
import { deviate, type Interval } from './interval.ts'

/** The interval of Spearman's r over n pairs, n ≥ 4: Fisher's z with variance (1 + r² / 2) / (n − 3) (Bonett and Wright 2000). */
export function spearmanInterval(r: number, n: number, level = 0.95): Interval {
  if (!(r >= -1 && r <= 1)) throw new KnownError('data-malformed', `a correlation of ${r}`)
  if (n < 4) throw new KnownError('too-little-data', `${n} pairs, the interval of a correlation needs 4`)
  const half = deviate(level) * Math.sqrt((1 + (r * r) / 2) / (n - 3))
  return { low: Math.tanh(Math.atanh(r) - half), high: Math.tanh(Math.atanh(r) + half) }
}
