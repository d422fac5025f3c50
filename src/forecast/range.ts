/** A forecast quantity: its mean and quantiles, in its own unit. */
export interface Range {
  readonly mean: number
  readonly p10: number
  readonly p50: number
  readonly p80: number
  readonly p90: number
}

/** The levels every range is told at. */
export const LEVELS = { p10: 0.1, p50: 0.5, p80: 0.8, p90: 0.9 } as const

/** The range of equally likely outcomes. */
export const rangeOf = (sample: Float64Array): Range => sortedRange(sample.toSorted())

/** The same for outcomes that are sorted already. */
export function sortedRange(sorted: Float64Array): Range {
  let sum = 0
  for (let i = 0; i < sorted.length; i++) sum += sorted[i] as number
  return {
    mean: sum / sorted.length,
    p10: conformalQuantile(sorted, LEVELS.p10),
    p50: conformalQuantile(sorted, LEVELS.p50),
    p80: conformalQuantile(sorted, LEVELS.p80),
    p90: conformalQuantile(sorted, LEVELS.p90),
  }
}

/**
 * The p-quantile with the finite-sample correction of split conformal prediction (Vovk et al. 2005): of n sorted
 * outcomes the ⌈p (n + 1)⌉-th from the safe side, so that the next task is covered as often as promised.
 */
export function conformalQuantile(sorted: Float64Array, p: number): number {
  const n = sorted.length
  const rank = p > 0.5 ? Math.ceil(p * (n + 1)) : n + 1 - Math.ceil((1 - p) * (n + 1))
  if (p === 0.5)
    return ((sorted[Math.floor((n - 1) / 2)] as number) + (sorted[Math.ceil((n - 1) / 2)] as number)) / 2
  return sorted[Math.min(n, Math.max(1, rank)) - 1] as number
}

/** The probability that an outcome exceeds `limit`; never 0 or 1, which no finite sample can tell. */
export function exceedance(sample: Float64Array, limit: number): number {
  let over = 0
  for (const value of sample) if (value > limit) over++
  return (over + 0.5) / (sample.length + 1)
}
