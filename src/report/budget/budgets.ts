import { sortedQuantile } from '../../regress/quantile.ts'

/** Round numbers (1, 2, 5 × 10ᵏ) that span the middle of the amounts, at most `most` of them, ascending. */
export function roundBudgets(amounts: Float64Array, most: number): readonly number[] {
  const sorted = amounts.filter((value) => value > 0).sort()
  if (sorted.length === 0) return []
  const [low, high] = [sortedQuantile(sorted, 0.05), sortedQuantile(sorted, 0.95)]
  const round: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of [1, 2, 5]) {
      // Through text: 5 × 10⁻² is not 0.05 in floating point.
      const budget = Number(`${digit}e${power}`)
      if (budget >= low && budget <= high * 2) round.push(budget)
    }
  }
  if (round.length === 0) return [Number(high.toPrecision(1))]
  return thinned(round, most)
}

/** So many budgets, equally far apart on a logarithmic scale, from the least positive amount to the greatest. */
export function budgetGrid(amounts: Float64Array, points: number): Float64Array {
  const positive = amounts.filter((value) => value > 0)
  if (positive.length === 0) return new Float64Array(0)
  const [low, high] = [Math.log(least(positive)), Math.log(greatest(positive))]
  return Float64Array.from({ length: points }, (_, k) => Math.exp(low + ((high - low) * k) / (points - 1)))
}

const least = (values: Float64Array): number => values.reduce((min, value) => Math.min(min, value))
const greatest = (values: Float64Array): number => values.reduce((max, value) => Math.max(max, value))

/** Keeps the first and the last, and of the rest every so many. */
function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values
  const step = (values.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, k) => values[Math.round(k * step)] as number)
}
