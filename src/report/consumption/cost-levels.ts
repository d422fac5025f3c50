/** Where a run stands among the runs of its task by what it cost. */
export const LEVELS = ['least', 'lower', 'middle', 'upper', 'most'] as const

/**
 * The level of each run within its task, as a place in LEVELS: the cheapest, the dearest, and those below, at and above
 * the middle; −1 for tasks with one run, or whose runs all cost the same. `tasks` is sorted. Equal costs keep the order
 * given.
 */
export function costLevels(costs: Float64Array, tasks: Int32Array): Int8Array {
  const levels = new Int8Array(costs.length).fill(-1)
  for (let from = 0; from < tasks.length; ) {
    let to = from + 1
    while (to < tasks.length && tasks[to] === tasks[from]) to++
    const order = Array.from({ length: to - from }, (_, k) => from + k)
    order.sort((a, b) => (costs[a] as number) - (costs[b] as number) || a - b)
    const isSpread = (costs[order[0] as number] as number) < (costs[order.at(-1) as number] as number)
    if (isSpread) for (const [rank, row] of order.entries()) levels[row] = levelOf(rank, order.length)
    from = to
  }
  return levels
}

function levelOf(rank: number, runs: number): number {
  if (rank === 0) return 0
  if (rank === runs - 1) return 4
  const middle = (runs - 1) / 2
  return rank < middle ? 1 : rank > middle ? 3 : 2
}
