import type { Quantity } from '../dataset.ts'
import type { OwnHistory } from './history.ts'

/** How many repeats the variance before any weighs. */
const PRIOR_REPEATS = 20

/** Variance of one run about the mean of its task and pair, in log10² tokens, from repeats; drawn to what was known before. */
export function runVarianceOf({ runs }: OwnHistory, quantity: Quantity, before: number): number {
  const cells = new Map<string, { count: number; sum: number; squares: number }>()
  for (const run of runs) {
    if (run.telling !== 'whole') continue
    const key = `${run.task} ${run.pair}`
    const cell = cells.get(key) ?? { count: 0, sum: 0, squares: 0 }
    cell.count++
    cell.sum += run[quantity]
    cell.squares += run[quantity] ** 2
    cells.set(key, cell)
  }
  let [freedom, squares] = [PRIOR_REPEATS, PRIOR_REPEATS * before]
  for (const { count, sum, squares: own } of cells.values()) {
    freedom += count - 1
    squares += Math.max(0, own - sum ** 2 / count)
  }
  return squares / freedom
}
