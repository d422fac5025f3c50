import { KnownError } from '../errors.ts'

/**
 * One number for a row's gradient and its count of 1: `scale + q`, where q is the gradient in whole steps. Sums of up to
 * `rows` of them stay whole numbers below 2⁵³, so histograms add and subtract exactly, with one addition per row.
 */
export interface Packing {
  readonly packed: Float64Array
  /** A power of two above twice every possible |Σ q|. */
  readonly scale: number
  /** The gradient of one step of q. */
  readonly step: number
}

/** Packs one gradient per row; with 100 000 rows a step is 2⁻¹⁸ of the largest, with 1 000 it is 2⁻³⁰. */
export function pack(gradients: Float64Array): Packing {
  const countBits = Math.ceil(Math.log2(gradients.length + 1))
  const gradientBits = Math.min(30, 52 - 2 * countBits)
  if (gradientBits < 8)
    throw new KnownError('data-malformed', `${gradients.length} rows, at most 4 194 303 can be boosted`)
  let largest = 0
  for (const gradient of gradients) largest = Math.max(largest, Math.abs(gradient))
  const steps = 2 ** gradientBits
  const scale = 2 ** (countBits + gradientBits + 1)
  // With all gradients 0 any step is right.
  const step = largest > 0 ? largest / steps : 1
  return { packed: gradients.map((gradient) => scale + Math.round(gradient / step)), scale, step }
}

/** How many rows a packed sum counts; its gradient is the sum − count · scale. */
export const countOf = (sum: number, scale: number): number => Math.round(sum / scale)
