import { KnownError } from '../errors.ts'
import { seededRandom, shuffled } from './random.ts'

/** Row numbers to learn from and to test on; together every row, once. */
export interface Split {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

type Group = string | number

/**
 * k folds in which no group (task, repository) is on both sides. Groups are shuffled by the seed, then the largest go
 * first, each into the fold with the fewest rows (greedy longest-processing-time balance; Graham 1969).
 */
export function groupedFolds(groups: readonly Group[], params: { folds: number; seed: number }): Split[] {
  const members = rowsByGroup(groups)
  if (!Number.isInteger(params.folds) || params.folds < 2 || members.size < params.folds) {
    throw new KnownError('too-little-data', `${params.folds} folds of ${members.size} groups`)
  }
  const order = shuffled(members.values(), seededRandom(params.seed)).sort((a, b) => b.length - a.length)
  const folds: number[][] = Array.from({ length: params.folds }, () => [])
  for (const rows of order) smallest(folds).push(...rows)
  return folds.map((test) => split(test, groups.length))
}

/** One split per group, in order of first appearance: the group is tested on, all others are learnt from. */
export function leaveOneGroupOut(groups: readonly Group[]): (Split & { readonly group: Group })[] {
  const members = rowsByGroup(groups)
  if (members.size < 2) throw new KnownError('too-little-data', `${members.size} groups to leave one out of`)
  return [...members].map(([group, test]) => ({ group, ...split(test, groups.length) }))
}

function rowsByGroup(groups: readonly Group[]): Map<Group, number[]> {
  const members = new Map<Group, number[]>()
  for (const [row, group] of groups.entries()) {
    const rows = members.get(group)
    if (rows) rows.push(row)
    else members.set(group, [row])
  }
  return members
}

const smallest = (folds: number[][]): number[] =>
  folds.reduce((least, fold) => (fold.length < least.length ? fold : least))

function split(test: readonly number[], rows: number): Split {
  const tested = new Set(test)
  return {
    train: Array.from({ length: rows }, (_, row) => row).filter((row) => !tested.has(row)),
    test: [...test].sort((a, b) => a - b),
  }
}
