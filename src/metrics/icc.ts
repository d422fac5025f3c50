import { KnownError } from '../errors.ts'

/**
 * One-way random-effects intraclass correlation ICC(1) (Shrout and Fleiss 1979): the share of the variance of a single
 * run that lies between tasks. `groups` are the runs of each task; unequal numbers by Donner's (1986) n₀.
 */
export function icc(groups: readonly ArrayLike<number>[]): number {
  const rows = groups.reduce((sum, group) => sum + group.length, 0)
  if (groups.length < 2 || rows <= groups.length || groups.some((group) => group.length === 0)) {
    throw new KnownError(
      'too-little-data',
      `${rows} runs of ${groups.length} tasks: ≥ 2 tasks and a repeat are needed`,
    )
  }
  const total = groups.reduce((sum, group) => sum + sumOf(group), 0)
  const [between, within] = meanSquares(groups, total / rows)
  const n0 = (rows - groups.reduce((sum, group) => sum + group.length ** 2, 0) / rows) / (groups.length - 1)
  const spread = between + (n0 - 1) * within
  if (!(spread > 0)) throw new KnownError('too-little-data', 'every run has the same value: ICC is undefined')
  return (between - within) / spread
}

/** The ICC of the mean of several runs, from that of one (Spearman 1910, Brown 1910). */
export const iccOfMean = (single: number, runs: number): number => (runs * single) / (1 + (runs - 1) * single)

/** The highest correlation a perfect forecast of the task's true mean can reach with runs of this ICC: √ICC. */
export const noiseCeiling = (reliability: number): number => Math.sqrt(Math.max(0, reliability))

function meanSquares(groups: readonly ArrayLike<number>[], grand: number): [between: number, within: number] {
  const rows = groups.reduce((sum, group) => sum + group.length, 0)
  let [between, within] = [0, 0]
  for (const group of groups) {
    const mean = sumOf(group) / group.length
    between += group.length * (mean - grand) ** 2
    for (const value of Array.from(group)) within += (value - mean) ** 2
  }
  return [between / (groups.length - 1), within / (rows - groups.length)]
}

function sumOf(values: ArrayLike<number>): number {
  const sum = Array.from(values).reduce((total, value) => total + value, 0)
  if (!Number.isFinite(sum))
    throw new KnownError('data-malformed', `a task has runs of ${Array.from(values)}`)
  return sum
}
