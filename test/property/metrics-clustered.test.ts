import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { clusterBootstrap } from '../../src/metrics/cluster-bootstrap.ts'
import { clusteredDifference } from '../../src/metrics/clustered-difference.ts'
import type { Estimate } from '../../src/metrics/clustered-estimate.ts'
import { clusteredMean } from '../../src/metrics/clustered-mean.ts'
import { clusteredProportion } from '../../src/metrics/clustered-proportion.ts'
import { clusteredRatio } from '../../src/metrics/clustered-ratio.ts'
import { columnsOf, type Row, someRows } from '../fixtures/metrics/rows.ts'
import { close } from '../unit/regress/close.ts'

const ESTIMATES: readonly [name: string, of: (rows: readonly Row[]) => Estimate][] = [
  ['mean', (rows) => meanOf(rows)],
  ['ratio', (rows) => clusteredRatio({ ...columnsOf(rows), ...ratioColumns(rows) })],
  ['difference', (rows) => clusteredDifference(columnsOf(rows))],
]
const meanOf = (rows: readonly Row[]) => clusteredMean(columnsOf(rows).values, columnsOf(rows).codes)
const ratioColumns = (rows: readonly Row[]) => ({
  numerators: columnsOf(rows).values,
  denominators: rows.map(({ arm }) => arm + 1),
})
const ends = ({ estimate, standardError, low, high }: Estimate) => [estimate, standardError, low, high]
const mapped = (rows: readonly Row[], change: (row: Row) => Partial<Row>) =>
  rows.map((row) => ({ ...row, ...change(row) }))

for (const [name, of] of ESTIMATES) {
  describe(`the clustered ${name}`, () => {
    it('does not depend on the order of rows', () =>
      fc.assert(
        fc.property(someRows, fc.infiniteStream(fc.nat()), (rows, keys) => {
          const order = rows.map((row) => [keys.next().value as number, row] as const)
          const mixed = order.sort(([a], [b]) => a - b).map(([, row]) => row)
          close(ends(of(mixed)), ends(of(rows)), 1e-9)
        }),
      ))

    it('does not depend on the names of clusters', () =>
      fc.assert(
        fc.property(someRows, (rows) => {
          const renamed = mapped(rows, ({ code }) => ({ code: 5000 - 37 * code }))
          close(ends(of(renamed)), ends(of(rows)), 1e-9)
        }),
      ))

    it('scales with the values, and holds its estimate between its ends', () =>
      fc.assert(
        fc.property(someRows, fc.integer({ min: 1, max: 50 }), (rows, scale) => {
          const found = of(rows)
          const scaled = of(mapped(rows, ({ value }) => ({ value: scale * value })))
          close(
            ends(scaled),
            ends(found).map((end) => scale * end),
            1e-9,
          )
          assert.ok(found.low <= found.estimate && found.estimate <= found.high)
        }),
      ))

    it('does not become surer when every row is seen twice in its cluster', () =>
      fc.assert(fc.property(someRows, (rows) => close(ends(of([...rows, ...rows])), ends(of(rows)), 1e-9))))
  })
}

describe('clusteredMean', () => {
  it('moves with the values', () =>
    fc.assert(
      fc.property(someRows, fc.integer({ min: -99, max: 99 }), (rows, shift) => {
        const moved = meanOf(mapped(rows, ({ value }) => ({ value: value + shift })))
        const { estimate, standardError } = meanOf(rows)
        close([moved.estimate, moved.standardError], [estimate + shift, standardError], 1e-9)
      }),
    ))
})

describe('clusteredProportion', () => {
  it('stays in [0, 1], holds the share, and turns round with the outcome', () =>
    fc.assert(
      fc.property(someRows, (rows) => {
        const { arms, codes } = columnsOf(rows)
        const { low, estimate, high } = clusteredProportion(arms, codes)
        assert.ok(0 <= low && low <= estimate && estimate <= high && high <= 1)
        const failures = clusteredProportion(
          arms.map((arm) => 1 - arm),
          codes,
        )
        close([failures.low, failures.estimate, failures.high], [1 - high, 1 - estimate, 1 - low], 1e-9)
      }),
    ))
})

describe('clusteredRatio', () => {
  it('is the clustered mean where every denominator is 1', () =>
    fc.assert(
      fc.property(someRows, (rows) => {
        const { values, codes } = columnsOf(rows)
        const ratio = clusteredRatio({ numerators: values, denominators: rows.map(() => 1), codes })
        close(ends(ratio), ends(meanOf(rows)), 1e-9)
      }),
    ))
})

describe('clusteredDifference', () => {
  it('changes its sign and nothing else when the arms change places', () =>
    fc.assert(
      fc.property(someRows, (rows) => {
        const there = clusteredDifference(columnsOf(rows))
        const back = clusteredDifference(columnsOf(mapped(rows, ({ arm }) => ({ arm: 1 - arm }))))
        close(ends(back), [-there.estimate, there.standardError, -there.high, -there.low], 1e-9)
      }),
    ))

  it('does not move when a constant is added to both arms, and its contributions add up to 0', () =>
    fc.assert(
      fc.property(someRows, fc.integer({ min: -99, max: 99 }), (rows, shift) => {
        const moved = clusteredDifference(columnsOf(mapped(rows, ({ value }) => ({ value: value + shift }))))
        close(ends(moved), ends(clusteredDifference(columnsOf(rows))), 1e-9)
        close([moved.contributions.reduce((total, each) => total + each, 0)], [0], 1e-9)
      }),
    ))
})

describe('clusterBootstrap', () => {
  it('holds the mean between the least and the largest cluster mean, whatever the order of rows', () =>
    fc.assert(
      fc.property(someRows, (rows) => {
        const run = (each: readonly Row[]) => {
          const { values, codes } = columnsOf(each)
          const mean = ([total]: Float64Array, n: number) => Number(total) / n
          return clusterBootstrap({ columns: [values], codes }, mean, { seed: 3, resamples: 50 })
        }
        const found = run(rows)
        const codes = [...new Set(rows.map(({ code }) => code))]
        const means = codes.map((code) => {
          const own = rows.filter((row) => row.code === code)
          return own.reduce((total, { value }) => total + value, 0) / own.length
        })
        assert.ok(found.low >= Math.min(...means) - 1e-9 && found.high <= Math.max(...means) + 1e-9)
        close([run(rows.toReversed()).low], [found.low], 1e-9)
      }),
      { numRuns: 50 },
    ))
})
