import { sum } from './sum.ts'

/** Σ (value − mean)² of a column. */
export function spread(values: ArrayLike<number>): number {
  const mean = sum(values) / values.length
  let total = 0
  for (let i = 0; i < values.length; i++) total += ((values[i] as number) - mean) ** 2
  return total
}

/** Σ value² of a column. */
export function squares(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += (values[i] as number) ** 2
  return total
}

/** What is smaller beside its whole is left by rounding. */
export const ROUNDING = 1e-12

/** A part of a spread; 0 where it is no more than rounding. */
export const beyondRounding = (part: number, whole: number): number => (part > ROUNDING * whole ? part : 0)
