import { KnownError } from '../errors.ts'
import { seededRandom } from '../regress/random.ts'
import { count, quadratic, shares, type Tally } from './arrangements.ts'
import type { ClusterTest, ResamplingParams } from './cluster-test.ts'
import type { WithinScores } from './within-scores.ts'

/** Up to this many clusters every arrangement is listed: 2¹⁴, since all signs at once change nothing. */
const LISTED = 15

/**
 * Sign-flip test of score contributions (Hemerik, Goeman and Finos 2020): without an effect a cluster's contribution is
 * as likely to be negative, so its sign is flipped, all dimensions together. With one run per task in each of two arms
 * it is the paired permutation test. It trusts that contributions are symmetric: not where one arm has a run and the
 * other many, of a rare outcome.
 */
export function signFlip(
  { contributions, information, rows }: Omit<WithinScores, 'comparison'>,
  { seed, draws = 9999 }: ResamplingParams,
): ClusterTest {
  const cells = cellsOf(contributions)
  const clusters = cells.length / contributions.length
  if (!(clusters >= 2))
    throw new KnownError('too-little-data', `${clusters} clusters in which outcome and covariate vary`)
  const sums = new Float64Array(contributions.length)
  const statistic = (bits: () => number): number => quadratic(sumUp(cells, bits, sums), information)
  const seen = statistic(() => 0)
  const exact = clusters <= LISTED
  const all = exact ? 2 ** (clusters - 1) : draws + 1
  const random = seededRandom(seed)
  const tally: Tally = { higher: 0, equal: 1 }
  for (let k = 1; k < all; k++) count(tally, statistic(exact ? () => k : () => random.integer(2 ** 32)), seen)
  return { ...shares(tally, all), comparison: 'within', rows, clusters, draws: all, exact }
}

/** Cluster by cluster, one number per dimension; clusters that contribute nothing are left out. */
function cellsOf(contributions: readonly Float64Array[]): Float64Array {
  const count = contributions[0]?.length ?? 0
  const width = contributions.length
  const cells = new Float64Array(count * width)
  let kept = 0
  for (let g = 0; g < count; g++) {
    let some = false
    for (let d = 0; d < width; d++) {
      const value = contributions[d]?.[g] as number
      cells[kept * width + d] = value
      some ||= value !== 0
    }
    if (some) kept++
  }
  return cells.subarray(0, kept * width)
}

/** The sums with a cluster's sign turned where its bit is 1; `bits` gives those of the next 32 clusters. */
function sumUp(cells: Float64Array, bits: () => number, sums: Float64Array): Float64Array {
  const width = sums.length
  sums.fill(0)
  let next = 0
  for (let g = 0, at = 0; at < cells.length; g++) {
    if (g % 32 === 0) next = bits()
    const sign = 1 - 2 * ((next >>> (g % 32)) & 1)
    for (let d = 0; d < width; d++) sums[d] = (sums[d] as number) + sign * (cells[at++] as number)
  }
  return sums
}
