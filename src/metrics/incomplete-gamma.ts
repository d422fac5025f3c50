import { KnownError } from '../errors.ts'
import { devianceTerm, stirlingError } from './stirling-error.ts'

/**
 * The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 − P, a > 0, x ≥ 0: the series DLMF 8.7.1 below
 * the mean, the continued fraction DLMF 8.9.2 by the algorithm of Lentz (1976) above it.
 */
export function regularisedGamma(a: number, x: number): { readonly lower: number; readonly upper: number } {
  if (!(a > 0 && x >= 0 && Number.isFinite(a)))
    throw new KnownError('data-malformed', `the incomplete gamma function of ${a} at ${x}`)
  if (x === 0) return { lower: 0, upper: 1 }
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 }
  // x^a e^−x / Γ(a + 1), in the form of Loader (2000).
  const front = Math.exp(-stirlingError(a) - devianceTerm(a, x)) / Math.sqrt(2 * Math.PI * a)
  const smaller = x < a + 1 ? front * series(a, x) : front * a * fraction(a, x)
  return x < a + 1 ? { lower: smaller, upper: 1 - smaller } : { lower: 1 - smaller, upper: smaller }
}

function series(a: number, x: number): number {
  let [term, sum] = [1, 1]
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= x / (a + k)
    sum += term
  }
  return sum
}

function fraction(a: number, x: number): number {
  let b = x + 1 - a
  let [c, d] = [1e300, 1 / b]
  let product = d
  for (let k = 1; ; k++) {
    const term = -k * (k - a)
    b += 2
    d = 1 / (term * d + b)
    c = b + term / c
    product *= c * d
    if (Math.abs(c * d - 1) < 1e-15) return product
  }
}
