import { pearson, pearsonInterval } from '../metrics/pearson.ts'
import { attempt, measured } from './cells.ts'
import type { Measured, Unsaid } from './document.ts'

/** Pearson's r with Fisher's interval; unsaid where a series does not vary. */
export function correlation(x: Float64Array, y: Float64Array): Measured | Unsaid {
  return attempt(() => {
    const r = pearson(x, y)
    return measured(r, x.length < 4 ? null : pearsonInterval(r, x.length), x.length)
  })
}
