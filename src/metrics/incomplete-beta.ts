import { KnownError } from '../errors.ts'
import { binomialDensity } from './binomial-density.ts'

/**
 * The regularised incomplete beta function I_x(a, b) at x = odds / (1 + odds), a and b > 0: DLMF 8.17.22, the
 * continued fraction by the algorithm of Lentz (1976). The odds keep the digits that 1 − x would lose.
 */
export function regularisedBeta(odds: number, a: number, b: number): number {
  if (!(odds >= 0 && a > 0 && b > 0 && Number.isFinite(a + b)))
    throw new KnownError('data-malformed', `the incomplete beta function of ${a} and ${b} at odds ${odds}`)
  if (odds === 0) return 0
  if (odds === Number.POSITIVE_INFINITY) return 1
  const below = odds * (b + 1) < a + 1
  const value = below ? lowerPart(odds, a, b) : 1 - lowerPart(1 / odds, b, a)
  return Math.min(1, Math.max(0, value))
}

/** I_x(a, b) where x is below the mean of the distribution, so that the fraction converges fast. */
function lowerPart(odds: number, a: number, b: number): number {
  // x^a (1 − x)^b / (a B(a, b)), through the binomial density that needs no difference of large logarithms.
  const front = (binomialDensity(a, b, odds) * b) / (a + b)
  return front / fraction(odds / (1 + odds), a, b)
}

function fraction(x: number, a: number, b: number): number {
  let [c, d, product] = [1, 0, 1]
  for (let j = 1; ; j++) {
    const term = coefficient(j, a, b) * x
    d = 1 / away(1 + term * d)
    c = away(1 + term / c)
    product *= c * d
    if (Math.abs(c * d - 1) < 1e-15) return product
  }
}

function coefficient(j: number, a: number, b: number): number {
  const m = j >> 1
  const scale = (a + j - 1) * (a + j)
  return j % 2 === 0 ? (m * (b - m)) / scale : (-(a + m) * (a + b + m)) / scale
}

/** Never 0, so that it can be divided by. */
const away = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value)
