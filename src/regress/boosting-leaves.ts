import { bestConstant, type Loss } from './boosting-loss.ts'
import type { LeafRows } from './boosting-partition.ts'
import type { Team } from './boosting-team.ts'

export interface LeafRules {
  readonly loss: Loss
  readonly learningRate: number
  readonly l2: number
  readonly team: Team
}

/**
 * What each leaf adds to the forecast of its rows, which is taken out of their residuals. Threads take leaves in turn,
 * the largest first.
 */
export function settleLeaves(
  leaves: readonly LeafRows[],
  residuals: Float64Array,
  { loss, learningRate, l2, team }: LeafRules,
): readonly number[] {
  const order = [...leaves.keys()].sort((a, b) => rowsOf(leaves[b]) - rowsOf(leaves[a]) || a - b)
  const said = order
    .filter((_, k) => k % team.size === team.place)
    .map((l) => {
      const { own, others } = leaves[l] as LeafRows
      const value = learningRate * bestConstant(loss, pick(residuals, own), l2)
      for (const rows of [own, others]) subtract(residuals, rows, value)
      return value
    })
  const values = team.exchange(said)
  const out = new Array<number>(leaves.length).fill(0)
  for (const [k, l] of order.entries()) {
    out[l] = values[k % team.size]?.[Math.floor(k / team.size)] as number
  }
  return out
}

const rowsOf = (leaf: LeafRows | undefined): number =>
  leaf === undefined ? 0 : leaf.own.length + leaf.others.length

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length)
  for (let k = 0; k < rows.length; k++) out[k] = values[rows[k] as number] as number
  return out
}

function subtract(residuals: Float64Array, rows: Int32Array, value: number): void {
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number
    residuals[row] = (residuals[row] as number) - value
  }
}
