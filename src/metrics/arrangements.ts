/** Statistics closer than this share are one. */
const SAME = 1e-9

/** Counts rearranged statistics against the one seen. */
export interface Tally {
  higher: number
  equal: number
}

/** Adds one rearranged statistic. */
export function count(tally: Tally, statistic: number, seen: number): void {
  if (statistic > seen * (1 + SAME)) tally.higher++
  else if (statistic >= seen * (1 - SAME)) tally.equal++
}

/** p and mid-p; the arrangement seen is among the equal ones. */
export const shares = (
  { higher, equal }: Tally,
  all: number,
): { readonly p: number; readonly midP: number } => ({
  p: (higher + equal) / all,
  midP: (higher + equal / 2) / all,
})

/** Σ over dimensions of Sᵈ² / information: the chi-square of a trend or of groups, were the rows independent. */
export function quadratic(sums: Float64Array, information: Float64Array): number {
  let total = 0
  for (let d = 0; d < sums.length; d++) {
    const [sum, weight] = [sums[d] as number, information[d] as number]
    if (weight > 0) total += (sum * sum) / weight
  }
  return total
}
