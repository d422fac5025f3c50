import type { Dataset, Quantity } from './dataset.ts'
import { tokensOf } from './dataset.ts'
import type { SpendPart, SpendRow } from './spend.ts'

/**
 * Standard deviation between runs of one task in log10 tokens, per pair. Where a task has both successes and failures,
 * the two means differ by noise of variance sd² (1/k + 1/(n − k)): its 16–84 % half-width, divided by that root, is
 * robust against crashed runs. Failures of models whose failed means count crashed runs as 0 tokens are left out by
 * taking only differences below a factor of 3. Pairs with few such tasks borrow from the rest.
 */
export function runNoiseOf(dataset: Dataset, quantity: Quantity): readonly number[] {
  const differences = dataset.spend.map((rows) =>
    [...rows.values()].flatMap((row) => scaledDifference(row, quantity)),
  )
  const common = halfWidth(differences.flat())
  return differences.map((own) => {
    if (own.length === 0) return common
    const variance =
      (own.length * halfWidth(own) ** 2 + PRIOR_TASKS * common ** 2) / (own.length + PRIOR_TASKS)
    return Math.sqrt(variance)
  })
}

/** How many tasks the common noise weighs against a pair's own. */
const PRIOR_TASKS = 20
/** log10 of the largest factor between two honest means of one task. */
const MAX_DIFFERENCE = Math.log10(3)

function scaledDifference(row: SpendRow, quantity: Quantity): readonly number[] {
  const { succeeded, failed, resolved, runs } = row
  if (succeeded === null || failed === null || resolved === null || resolved === 0 || resolved >= runs)
    return []
  const tokens = (part: SpendPart) => tokensOf({ ...row, ...part }, quantity)
  if (!(tokens(failed) > 0)) return []
  const difference = Math.log10(tokens(succeeded) / tokens(failed))
  if (Math.abs(difference) > MAX_DIFFERENCE) return []
  return [difference / Math.sqrt(1 / resolved + 1 / (runs - resolved))]
}

function halfWidth(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (p: number) => sorted[Math.floor(p * (sorted.length - 1))] ?? 0
  return (at(0.84) - at(0.16)) / 2
}

/** Correlation of the noises of output and total over all pairs. */
export function noiseCorrelationOf(dataset: Dataset): number {
  const both = dataset.spend.flatMap((rows) =>
    [...rows.values()].flatMap((row) => {
      const [output, total] = [scaledDifference(row, 'output')[0], scaledDifference(row, 'total')[0]]
      return output === undefined || total === undefined ? [] : [[output, total] as const]
    }),
  )
  const sum = (of: (pair: readonly [number, number]) => number) =>
    both.reduce((total, pair) => total + of(pair), 0)
  if (both.length < 3) return 0
  return sum(([a, b]) => a * b) / Math.sqrt(sum(([a]) => a * a) * sum(([, b]) => b * b))
}
