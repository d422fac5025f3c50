import { fromRows, type Matrix } from '../../../src/regress/matrix.ts'
import { seededRandom } from '../../../src/regress/random.ts'

/** The table of `synthetic` in test/fixtures/regress/reference.py, number by number. */
export function synthetic(rows: number, seed: number): { x: Matrix; y: Float64Array } {
  const { uniform } = seededRandom(seed)
  const y = new Float64Array(rows)
  const cells = Array.from({ length: rows }, (_, i) => {
    const x = Float64Array.from({ length: 10 }, uniform)
    const [x0, x1, x2, x3, x4, x5] = x as unknown as [number, number, number, number, number, number]
    const noise = uniform() + uniform() + uniform() - 1.5
    const gap = uniform() < 0.2
    const bend = x2 - 0.5
    y[i] = 10 * x0 * x1 + 20 * bend * bend + (x3 > 0.5 ? 3 : 0) * x4 + (gap ? 4 : 5 * x5) + noise
    if (gap) x[5] = Number.NaN
    return x
  })
  return { x: fromRows(cells), y }
}
