import { KnownError } from '../errors.ts'
import { clustersOf, type Numbered } from './cluster-codes.ts'
import { fQuantile } from './f-distribution.ts'
import { checkLevel, type Interval } from './interval.ts'
import { checkPairs } from './pairs.ts'
import { type VarianceComponents, varianceComponents } from './variance-components.ts'

export interface Icc extends Interval {
  readonly estimate: number
  /** Runs and tasks. */
  readonly n: number
  readonly clusters: number
}

/**
 * One-way random-effects intraclass correlation ICC(1) (Shrout and Fleiss 1979): the share of the variance of a single
 * run that lies between tasks, with its F interval; unequal numbers of runs by Donner's (1986) n₀. May be negative.
 */
export function iccOf(values: ArrayLike<number>, codes: ArrayLike<number>, level = 0.95): Icc {
  checkPairs(values, codes)
  checkLevel(level)
  const tasks = clustersOf(codes)
  const parts = varianceComponents(values, tasks)
  const { above, below } = parts.df
  return {
    estimate: share(parts, 1),
    low: share(parts, fQuantile(0.5 + level / 2, { above, below })),
    high: share(parts, 1 / fQuantile(0.5 + level / 2, { above: below, below: above })),
    n: values.length,
    clusters: tasks.count,
  }
}

/** ICC(1) of the runs of each task; see `iccOf`. */
export function icc(groups: readonly ArrayLike<number>[]): number {
  const rows = groups.reduce((sum, group) => sum + group.length, 0)
  const values = new Float64Array(rows)
  const tasks: Numbered = { of: new Int32Array(rows), count: groups.length }
  let at = 0
  for (const [task, group] of groups.entries()) {
    if (group.length === 0) throw new KnownError('too-little-data', `task ${task} has no run`)
    values.set(group, at)
    tasks.of.fill(task, at, at + group.length)
    at += group.length
  }
  checkPairs(values, tasks.of)
  return share(varianceComponents(values, tasks), 1)
}

/** The ICC of the mean of several runs, from that of one (Spearman 1910, Brown 1910). */
export const iccOfMean = (single: number, runs: number): number => (runs * single) / (1 + (runs - 1) * single)

/** The highest correlation a perfect forecast of the task's true mean can reach with runs of this ICC: √ICC. */
export const noiseCeiling = (reliability: number): number => Math.sqrt(Math.max(0, reliability))

/** The ICC if the ratio of mean squares were smaller by `factor`. */
function share({ between, within, size }: VarianceComponents, factor: number): number {
  const spread = between + (size - 1) * factor * within
  if (!(spread > 0)) throw new KnownError('too-little-data', 'every run has the same value: there is no ICC')
  return (between - factor * within) / spread
}
