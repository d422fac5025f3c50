import { KnownError } from '../errors.ts'
import { regularisedBeta } from './incomplete-beta.ts'

/**
 * Two-sided p of a correlation over n independent pairs: t = r √((n − 2) / (1 − r²)) with n − 2 degrees of freedom
 * (Student 1908, Fisher 1915). An approximation for Spearman's r, exact for Pearson's of normal pairs.
 */
export function pearsonTest(r: number, n: number): number {
  if (!(r >= -1 && r <= 1)) throw new KnownError('data-malformed', `a correlation of ${r}`)
  if (n < 3) throw new KnownError('too-little-data', `${n} pairs, the test of a correlation needs 3`)
  return r === 0 ? 1 : regularisedBeta((1 - r * r) / (r * r), (n - 2) / 2, 0.5)
}
