import { KnownError } from '../errors.ts'
import { type Random, seededRandom } from '../regress/random.ts'
import { count, quadratic, shares, type Tally } from './arrangements.ts'
import type { BetweenScores } from './between-scores.ts'
import { clusterSizes } from './cluster-codes.ts'
import type { ClusterTest, ResamplingParams } from './cluster-test.ts'

/**
 * Permutation test across clusters (Pitman 1937; residuals as ter Braak 1992): without an effect, which cluster had which
 * value of the covariate is chance, so outcomes are dealt out anew among the clusters of a block. It keeps its level for
 * rare outcomes in bursts, where flipping signs does not.
 */
export function clusterPermutation(
  { covariates, residuals, information, blocks, rows }: Omit<BetweenScores, 'comparison'>,
  { seed, draws = 9999 }: ResamplingParams,
): ClusterTest {
  const order = orderedByBlock(blocks.of)
  const bounds = boundsOf(clusterSizes(blocks))
  const clusters = clusterSizes(blocks).reduce((total, size) => total + (size > 1 ? size : 0), 0)
  if (clusters < 2 || !information.some((each) => each > 0) || !residuals.some((each) => each !== 0))
    throw new KnownError(
      'too-little-data',
      `${clusters} clusters whose outcome and covariate could be compared`,
    )
  const dealt = Float64Array.from(order, (g) => residuals[g] as number)
  const columns = covariates.map((x) => Float64Array.from(order, (g) => x[g] as number))
  const sums = new Float64Array(columns.length)
  const statistic = (): number => quadratic(products(columns, dealt, sums), information)
  const seen = statistic()
  const random = seededRandom(seed)
  const tally: Tally = { higher: 0, equal: 1 }
  for (let k = 0; k < draws; k++) {
    deal(dealt, bounds, random)
    count(tally, statistic(), seen)
  }
  const all = draws + 1
  return { ...shares(tally, all), comparison: 'between', rows, clusters, draws: all, exact: false }
}

function orderedByBlock(of: Int32Array): Int32Array {
  const keys = Float64Array.from(of, (block, g) => block * of.length + g).sort()
  return Int32Array.from(keys, (key) => key % of.length)
}

/** Where each block ends. */
function boundsOf(sizes: Int32Array): Int32Array {
  let end = 0
  return sizes.map((size) => {
    end += size
    return end
  })
}

function products(columns: readonly Float64Array[], dealt: Float64Array, sums: Float64Array): Float64Array {
  for (let d = 0; d < columns.length; d++) {
    const column = columns[d] as Float64Array
    let sum = 0
    for (let g = 0; g < dealt.length; g++) sum += (column[g] as number) * (dealt[g] as number)
    sums[d] = sum
  }
  return sums
}

/** Fisher and Yates's shuffle inside each block. */
function deal(values: Float64Array, bounds: Int32Array, random: Random): void {
  let start = 0
  for (let b = 0; b < bounds.length; b++) {
    const end = bounds[b] as number
    for (let i = end - 1; i > start; i--) {
      const j = start + random.integer(i - start + 1)
      const held = values[i] as number
      values[i] = values[j] as number
      values[j] = held
    }
    start = end
  }
}
