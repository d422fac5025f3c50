import { KnownError } from '../errors.ts'
import { type Random, seededRandom } from '../regress/random.ts'
import { type Clusters, clusterSizes, clusterSums, clustersOf } from './cluster-codes.ts'
import { checkLevel, type Interval } from './interval.ts'
import { checkPairs } from './pairs.ts'
import { percentiles } from './percentiles.ts'

/** A statistic of the sums of the columns over `rows` rows; NaN where it is undefined. */
export type SumStatistic = (sums: Float64Array, rows: number) => number

export interface ClusterBootstrapParams {
  readonly seed: number
  /** Default 2000. */
  readonly resamples?: number
  /** Default 0.95. */
  readonly level?: number
}

/**
 * Percentile bootstrap interval (Efron 1979) of a statistic of column sums, by whole clusters: means, ratios,
 * correlations. Rows are summed per cluster once, so a resample costs one addition per cluster and column. Resamples on
 * which the statistic is undefined are left out; more than 5 % of those is an error.
 */
export function clusterBootstrap(
  { columns, codes }: { readonly columns: readonly ArrayLike<number>[]; readonly codes: ArrayLike<number> },
  statistic: SumStatistic,
  { seed, resamples = 2000, level = 0.95 }: ClusterBootstrapParams,
): Interval & { readonly estimate: number; readonly n: number; readonly clusters: number } {
  checkLevel(level)
  for (const column of columns) checkPairs(column, codes)
  const clusters = clustersOf(codes)
  if (clusters.count < 2) throw new KnownError('too-little-data', `${clusters.count} clusters to draw from`)
  const cells = cellsOf(columns, clusters)
  const width = columns.length + 1
  const estimate = statisticOf(total(cells, width), statistic)
  if (!Number.isFinite(estimate))
    throw new KnownError('too-little-data', `the statistic of all rows is ${estimate}`)
  const random = seededRandom(seed)
  const drawn = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) drawn[r] = statisticOf(draw(cells, width, random), statistic)
  return { estimate, ...percentiles(drawn, level), n: codes.length, clusters: clusters.count }
}

/** Cluster by cluster: the sum of each column, then the number of rows. */
function cellsOf(columns: readonly ArrayLike<number>[], clusters: Clusters): Float64Array {
  const width = columns.length + 1
  const cells = new Float64Array(clusters.count * width)
  const parts = [...columns.map((column) => clusterSums(column, clusters)), clusterSizes(clusters)]
  for (const [c, part] of parts.entries()) {
    for (let g = 0; g < clusters.count; g++) cells[g * width + c] = part[g] as number
  }
  return cells
}

const statisticOf = (sums: Float64Array, statistic: SumStatistic): number =>
  statistic(sums.subarray(0, -1), sums.at(-1) as number)

function total(cells: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width)
  for (let at = 0; at < cells.length; at++)
    sums[at % width] = (sums[at % width] as number) + (cells[at] as number)
  return sums
}

function draw(cells: Float64Array, width: number, random: Random): Float64Array {
  const sums = new Float64Array(width)
  const count = cells.length / width
  for (let k = 0; k < count; k++) {
    const from = random.integer(count) * width
    for (let c = 0; c < width; c++) sums[c] = (sums[c] as number) + (cells[from + c] as number)
  }
  return sums
}
