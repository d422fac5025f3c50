import type { Loss } from './boosting-loss.ts'
import type { BoostingMemory } from './boosting-memory.ts'
import { shareOf, type Team } from './boosting-team.ts'

/**
 * One number for a row's gradient and its count of 1: `scale + q`, where q is the gradient in whole steps, less `offset`.
 * Sums of up to all rows of them stay whole numbers below 2⁵³, so histograms add and subtract exactly, with one addition
 * per row.
 */
export interface Packing {
  readonly packed: Float64Array
  readonly units: Units
}

/** What a sum of packed gradients means. */
export interface Units {
  /** A power of two above twice every possible |Σ q|: how many rows a sum counts is sum / scale, rounded. */
  readonly scale: number
  /** A gradient of so many steps for each row, which is not in the sum. */
  readonly offset: number
  /** The gradient of one step of q. */
  readonly step: number
}

/** More rows than this leave too few bits for gradients. */
export const MOST_ROWS = 4_194_303

/**
 * Packs the gradient of every row, each thread its share of them. That of a quantile is exact: `level`, less 1 below the
 * forecast. A residual is rounded to steps of, with 100 000 rows, 2⁻¹⁶ of the mean of all |residuals|, with 1 000 2⁻³⁰ and
 * with 1 000 000 2⁻¹⁰: of the mean, so that a few huge ones do not make all others 0.
 */
export function pack(loss: Loss, { residuals, packed }: BoostingMemory, team: Team): Packing {
  const units = unitsOf(loss, residuals)
  const { scale, step } = units
  const { from, to } = shareOf(team, residuals.length)
  if (loss.kind === 'pinball') {
    for (let i = from; i < to; i++) packed[i] = (residuals[i] as number) >= 0 ? scale : scale - 1
  } else {
    for (let i = from; i < to; i++) packed[i] = scale + Math.round((residuals[i] as number) / step)
  }
  team.exchange([])
  return { packed, units }
}

/** How many rows a packed sum counts. */
export const countOf = (sum: number, { scale }: Units): number => Math.round(sum / scale)

/** The gradient of a packed sum of so many rows, in steps. */
export const gradientOf = (sum: number, rows: number, { scale, offset }: Units): number =>
  sum - rows * scale + rows * offset

function unitsOf(loss: Loss, residuals: Float64Array): Units {
  const rows = residuals.length
  const countBits = Math.ceil(Math.log2(rows + 1))
  if (loss.kind === 'pinball') return { scale: 2 ** (countBits + 1), offset: loss.level, step: 1 }
  let sum = 0
  for (let i = 0; i < rows; i++) sum += Math.abs(residuals[i] as number)
  // Σ |q| is at most `rows` means of 2^meanBits steps each, and half a step of rounding per row.
  const meanBits = Math.min(30, 50 - 2 * countBits)
  const scale = 2 ** (countBits + meanBits + 2)
  // With all residuals 0 any step is right.
  return { scale, offset: 0, step: sum > 0 ? sum / rows / 2 ** meanBits : 1 }
}
