import { KnownError } from '../errors.ts'

/** P values adjusted for several comparisons at once by Holm's (1979) step-down method, in the order given. */
export function holm(p: ArrayLike<number>): Float64Array {
  for (let i = 0; i < p.length; i++) {
    if (!((p[i] as number) >= 0 && (p[i] as number) <= 1))
      throw new KnownError('data-malformed', `p value ${i} is ${p[i]}`)
  }
  const order = Array.from({ length: p.length }, (_, i) => i).sort(
    (a, b) => (p[a] as number) - (p[b] as number),
  )
  const out = new Float64Array(p.length)
  let largest = 0
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, (p.length - rank) * (p[i] as number))
    out[i] = Math.min(1, largest)
  }
  return out
}
