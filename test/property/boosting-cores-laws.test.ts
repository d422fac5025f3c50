import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fitBoostingOnCores } from '../../src/learn/cores/fit-boosting-on-cores.ts'
import { gradientBoosting } from '../../src/regress/gradient-boosting.ts'
import { fromRows, sparseFromRows } from '../../src/regress/matrix.ts'

const COLUMNS = 9
const cell = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
)
const rows = fc.array(
  fc.tuple(fc.array(cell, { minLength: COLUMNS, maxLength: COLUMNS }), fc.integer({ min: -9, max: 9 })),
  { minLength: 12, maxLength: 60 },
)
const share = fc.constantFrom(1, 0.5)
const params = fc.record({
  loss: fc.constantFrom({ kind: 'squared' } as const, { kind: 'pinball', level: 0.8 } as const),
  seed: fc.integer({ min: 0, max: 99 }),
  rounds: fc.integer({ min: 0, max: 6 }),
  maxLeaves: fc.integer({ min: 2, max: 9 }),
  minLeafRows: fc.integer({ min: 1, max: 4 }),
  maxBins: fc.constantFrom(3, 255),
  rowShare: share,
  columnShare: share,
})

describe('boosting on several cores', () => {
  it('makes the very state of one thread, whatever their number, the table and the settings', () =>
    fc.assert(
      fc.asyncProperty(
        rows,
        params,
        fc.record({ threads: fc.integer({ min: 1, max: 3 }), isSparse: fc.boolean() }),
        async (table, asked, { threads, isSparse }) => {
          const cells = table.map(([row]) => row)
          const listed = cells.map(
            (row) => new Map(row.flatMap((value, j) => (value === 0 ? [] : [[j, value]]))),
          )
          const x = isSparse ? sparseFromRows(listed, COLUMNS) : fromRows(cells)
          const y = Float64Array.from(table, ([, target]) => target)
          const together = await fitBoostingOnCores(x, y, { ...asked, threads })
          assert.equal(JSON.stringify(together), JSON.stringify(gradientBoosting.fit(x, y, asked)))
        },
      ),
      { numRuns: 8 },
    ))
})
