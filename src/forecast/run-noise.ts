import { normalQuantile } from '../regress/normal.ts'

/** Two correlated standard normal values. */
export interface NoisePair {
  readonly output: number
  readonly total: number
}

/** The first `count` of the sequence of `noiseAt`. */
export const noiseSequence = (count: number, correlation: number): readonly NoisePair[] =>
  Array.from({ length: count }, (_, i) => noiseAt(i, correlation))

/**
 * The i-th of a fixed, evenly spread sequence of noise (Halton's, bases 2 and 3, through the normal quantile): the same
 * bytes every time, and no clumps as random draws have.
 */
export function noiseAt(i: number, correlation: number): NoisePair {
  const total = normalQuantile(radicalInverse(i + 1, 2))
  const other = normalQuantile(radicalInverse(i + 1, 3))
  return { total, output: correlation * total + Math.sqrt(1 - correlation ** 2) * other }
}

/** The digits of i in a base, mirrored at the point. */
function radicalInverse(i: number, base: number): number {
  let [value, unit, rest] = [0, 1 / base, i]
  while (rest > 0) {
    value += (rest % base) * unit
    rest = Math.floor(rest / base)
    unit /= base
  }
  return value
}
