import { gradientBoosting } from '../../src/regress/gradient-boosting.ts'
import { zeros } from '../../src/regress/matrix.ts'
import { seededRandom } from '../../src/regress/random.ts'
import { type Finding, findingOf } from './finding.ts'
import { timeOf } from './rounds.ts'

const ROWS = 20_000
const COLUMNS = 100
const TREES = 100
const ROUNDS = 3

/** How fast gradient boosting fits a dense table. */
export async function boosting(): Promise<readonly Finding[]> {
  const { normal } = seededRandom(1)
  const x = zeros(ROWS, COLUMNS)
  for (let k = 0; k < x.values.length; k++) x.values[k] = normal()
  const cell = (i: number, j: number) => x.values[i * COLUMNS + j] as number
  const y = Float64Array.from({ length: ROWS }, (_, i) => cell(i, 0) + cell(i, 1) * cell(i, 2) + normal())
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const ms = await timeOf(() =>
      gradientBoosting.fit(x, y, { loss: { kind: 'squared' }, seed: round, rounds: TREES }),
    )
    rates.push((1000 * ROWS) / ms)
  }
  const what = `gradient boosting, ${ROWS} rows × ${COLUMNS} columns, ${TREES} trees of 31 leaves`
  return [findingOf(rates, { unit: 'rows/s', target: null, what })]
}
