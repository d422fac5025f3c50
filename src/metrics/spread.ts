import { sum } from './sum.ts'

/** Σ (value − mean)² of a column. */
export function spread(values: ArrayLike<number>): number {
  const mean = sum(values) / values.length
  let total = 0
  for (let i = 0; i < values.length; i++) total += ((values[i] as number) - mean) ** 2
  return total
}
