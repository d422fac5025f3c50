import { devianceTerm, stirlingError } from './stirling-error.ts'

/**
 * The binomial probability of x successes and y failures at the odds p / (1 − p), for real x, y ≥ 0: Γ(x + y + 1) /
 * (Γ(x + 1) Γ(y + 1)) pˣ (1 − p)ʸ by the saddle-point form of Loader (2000), to about 1e-14 relative at any size.
 */
export function binomialDensity(x: number, y: number, odds: number): number {
  const n = x + y
  if (x === 0) return Math.exp(-n * Math.log1p(odds))
  if (y === 0) return Math.exp(-n * Math.log1p(1 / odds))
  const corrections = stirlingError(n) - stirlingError(x) - stirlingError(y)
  const distance = devianceTerm(x, (n * odds) / (1 + odds)) + devianceTerm(y, n / (1 + odds))
  return Math.sqrt(n / (2 * Math.PI * x * y)) * Math.exp(corrections - distance)
}
