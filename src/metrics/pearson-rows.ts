import { KnownError } from '../errors.ts'

/**
 * Pearson's r over chosen rows, which may repeat, as the bootstrap draws them; rows where either value is NaN are left
 * out. Two passes without copies: a bootstrap calls it thousands of times.
 */
export function pearsonOfRows(x: Float64Array, y: Float64Array, rows: readonly number[]): number {
  let [n, sumX, sumY] = [0, 0, 0]
  for (const row of rows) {
    const [a, b] = [x[row] as number, y[row] as number]
    if (Number.isNaN(a + b)) continue
    n++
    sumX += a
    sumY += b
  }
  const [meanX, meanY] = [sumX / n, sumY / n]
  let [xx, yy, xy] = [0, 0, 0]
  for (const row of rows) {
    const [a, b] = [(x[row] as number) - meanX, (y[row] as number) - meanY]
    if (Number.isNaN(a + b)) continue
    xx += a * a
    yy += b * b
    xy += a * b
  }
  if (!(xx > 0 && yy > 0))
    throw new KnownError('too-little-data', `the correlation of ${n} rows without spread`)
  return xy / Math.sqrt(xx * yy)
}
