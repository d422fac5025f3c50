import { checkPairs } from './pairs.ts'

export interface Coverage {
  readonly rows: number
  /** Rows whose actual value lies in [low, high]. */
  readonly inside: number
  /** inside / rows. */
  readonly coverage: number
  /** Mean of high − low, in the units of the target. */
  readonly width: number
}

/** How often and how tightly intervals hold the actual values; report both (coverage alone proves nothing). */
export function intervalCoverage(
  actual: ArrayLike<number>,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
): Coverage {
  checkPairs(actual, low)
  checkPairs(actual, high)
  const rows = actual.length
  let [inside, width] = [0, 0]
  for (let i = 0; i < rows; i++) {
    const [from, value, to] = [low[i] as number, actual[i] as number, high[i] as number]
    if (from <= value && value <= to) inside++
    width += (to - from) / rows
  }
  return { rows, inside, coverage: inside / rows, width }
}
