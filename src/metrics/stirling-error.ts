const HALF_LOG_TWO_PI = 0.9189385332046728

/**
 * What Stirling's formula leaves of ln Γ(n + 1): ln Γ(n + 1) − (n + ½) ln n + n − ½ ln 2π, for real n > 0 (Loader
 * 2000). Below 16 by recurrence, above by the asymptotic series (DLMF 5.11.1); absolute error about 1e-15.
 */
export function stirlingError(n: number): number {
  let [sum, at] = [0, n]
  for (; at < 16; at++) sum += (at + 0.5) * Math.log1p(1 / at) - 1
  const s = 1 / (at * at)
  return sum + (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / at
}

/** ln Γ(x) for x > 0. */
export const logGamma = (x: number): number =>
  stirlingError(x) + (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI

/**
 * x · ln(x / mean) + mean − x: what a count x is away from its mean, in the exponent of the binomial and the Poisson
 * density (Loader 2000). By series where x is near the mean, so that large counts lose no digits.
 */
export function devianceTerm(x: number, mean: number): number {
  const gap = x - mean
  if (Math.abs(gap) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - gap
  const ratio = gap / (x + mean)
  let [power, sum] = [2 * x * ratio, gap * ratio]
  for (let k = 3; ; k += 2) {
    power *= ratio * ratio
    const next = sum + power / k
    if (next === sum) return sum
    sum = next
  }
}
