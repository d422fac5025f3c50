import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bootstrapInterval } from '../../../src/metrics/bootstrap.ts'
import { clusterBootstrap } from '../../../src/metrics/cluster-bootstrap.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const { x, y, codes, ...expected } = reference.cluster_bootstrap
const product = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value * (b[i] as number))

/** Pearson's r from the sums of x, y, x², y² and xy. */
function correlation([sx, sy, sxx, syy, sxy]: Float64Array, n: number): number {
  const [a, b] = [sx as number, sy as number]
  const spread = ((sxx as number) - (a * a) / n) * ((syy as number) - (b * b) / n)
  return ((sxy as number) - (a * b) / n) / Math.sqrt(spread)
}

describe('clusterBootstrap', () => {
  it('has the percentiles of the same resamples drawn in Python', () => {
    const columns = [x, y, product(x, x), product(y, y), product(x, y)]
    const found = clusterBootstrap({ columns, codes }, correlation, { seed: 9, resamples: 400, level: 0.9 })
    close([found.estimate, found.low, found.high], [expected.estimate, expected.low, expected.high], 1e-9)
    assert.deepEqual([found.n, found.clusters], [x.length, 12])
  })

  it('equals the bootstrap of row numbers when clusters appear in the order of their codes', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6]
    const groups = [0, 0, 1, 2, 2, 2, 3, 4]
    const mean = (rows: readonly number[]) =>
      rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length
    const byRows = bootstrapInterval(mean, { rows: 8, groups, seed: 5, resamples: 300 })
    const bySums = clusterBootstrap({ columns: [values], codes: groups }, ([sum], n) => Number(sum) / n, {
      seed: 5,
      resamples: 300,
    })
    close([bySums.estimate, bySums.low, bySums.high], [byRows.estimate, byRows.low, byRows.high], 1e-12)
  })

  it('leaves out a few resamples on which the statistic is undefined, but not many', () => {
    const failing = (share: number) => {
      let calls = 0
      const broken = ([sum]: Float64Array) => (++calls % 100 > 100 - share ? Number.NaN : Number(sum))
      return clusterBootstrap({ columns: [x], codes }, broken, { seed: 1, resamples: 500 })
    }
    assert.ok(Number.isFinite(failing(4).high))
    refuses(() => failing(10), 'too-little-data', /undefined on 45 of 500/)
  })

  it('refuses one cluster, columns of other rows, and a statistic that all rows leave undefined', () => {
    const total = ([sum]: Float64Array) => Number(sum)
    refuses(
      () => clusterBootstrap({ columns: [[1, 2]], codes: [1, 1] }, total, { seed: 1 }),
      'too-little-data',
      /1 clusters/,
    )
    refuses(
      () => clusterBootstrap({ columns: [[1]], codes: [1, 2] }, total, { seed: 1 }),
      'data-malformed',
      /1 and 2/,
    )
    refuses(
      () => clusterBootstrap({ columns: [[1, 2]], codes: [1, 2] }, () => Number.NaN, { seed: 1 }),
      'too-little-data',
      /all rows is NaN/,
    )
  })
})
