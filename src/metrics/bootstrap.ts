import { KnownError } from '../errors.ts'
import { type Random, seededRandom } from '../regress/random.ts'
import { checkLevel, type Interval } from './interval.ts'
import { percentiles } from './percentiles.ts'

export interface BootstrapParams {
  readonly rows: number
  readonly seed: number
  /** The cluster of each row (repository, task): whole clusters are drawn. Default: each row is its own. */
  readonly groups?: readonly (string | number)[]
  /** Default 2000. */
  readonly resamples?: number
  /** Default 0.95. */
  readonly level?: number
}

/**
 * Percentile bootstrap interval (Efron 1979) of any statistic of row numbers, by rows or by clusters. A resample on
 * which the statistic is undefined ('too-little-data') is left out; more than 5 % of those is an error. For statistics
 * of sums `clusterBootstrap` does the same in a fraction of the time.
 */
export function bootstrapInterval(
  statistic: (rows: readonly number[]) => number,
  params: BootstrapParams,
): Interval & { readonly estimate: number } {
  const { rows, groups, resamples = 2000, level = 0.95 } = params
  if (groups && groups.length !== rows) {
    throw new KnownError('data-malformed', `${groups.length} groups for ${rows} rows`)
  }
  checkLevel(level)
  const all = Array.from({ length: rows }, (_, i) => i)
  const clusters = groups ? Object.values(Object.groupBy(all, (i) => key(groups[i]))) : all.map((i) => [i])
  if (clusters.length < 2) throw new KnownError('too-little-data', `${clusters.length} clusters to draw from`)
  const random = seededRandom(params.seed)
  const drawn = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) drawn[r] = attempt(statistic, draw(clusters as number[][], random))
  return { estimate: statistic(all), ...percentiles(drawn, level) }
}

/** Prefixed, so that clusters keep the order of first appearance: bare numbers would be sorted as object keys. */
const key = (group: string | number | undefined): string => `${typeof group}:${group}`

const draw = (clusters: readonly number[][], random: Random): number[] =>
  clusters.flatMap(() => clusters[random.integer(clusters.length)] as number[])

function attempt(statistic: (rows: readonly number[]) => number, rows: readonly number[]): number {
  try {
    return statistic(rows)
  } catch (error) {
    if (error instanceof KnownError && error.code === 'too-little-data') return Number.NaN
    throw error
  }
}
