import { shareOf, type Team } from './boosting-team.ts'
import { isSparse, type Matrix, type SparseMatrix } from './matrix.ts'

/** What it costs to look at all bins of a column, in cells of a sparse table that are summed in the same time. */
const COLUMN_COST = 64

/** Which columns of a table belong to this thread: neighbours, about as much work for each thread. */
export function columnsOf(
  x: Matrix | SparseMatrix,
  team: Team,
): { readonly from: number; readonly to: number } {
  if (!isSparse(x)) {
    // Four columns share a word.
    const { from, to } = shareOf(team, Math.ceil(x.columns / 4))
    return { from: 4 * from, to: Math.min(4 * to, x.columns) }
  }
  const costs = new Float64Array(x.columns).fill(COLUMN_COST)
  for (const j of x.indices) costs[j] = (costs[j] as number) + 1
  const whole = COLUMN_COST * x.columns + x.indices.length
  const borders = [0]
  let cost = 0
  for (let j = 0; j < x.columns; j++) {
    if (cost >= (borders.length * whole) / team.size) borders.push(j)
    cost += costs[j] as number
  }
  while (borders.length <= team.size) borders.push(x.columns)
  return { from: borders[team.place] as number, to: borders[team.place + 1] as number }
}
