import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KnownError } from '../../src/errors.ts'
import { type ClusterTest, clusterTest } from '../../src/metrics/cluster-test.ts'
import { groupScores, type Scores, trendScores } from '../../src/metrics/score-contributions.ts'
import { columnsOf, type Row, someRows } from '../fixtures/metrics/rows.ts'
import { close } from '../unit/regress/close.ts'

type Comparison = Scores['comparison']

/** Rows on which both comparisons are defined. */
const telling = someRows.filter((rows) => {
  return (['within', 'between'] as const).every((comparison) => defined(rows, comparison))
})

function defined(rows: readonly Row[], comparison: Comparison): boolean {
  try {
    return tested(rows, comparison).p > 0
  } catch (error) {
    if (error instanceof KnownError && error.code === 'too-little-data') return false
    throw error
  }
}

const scoresOf = (rows: readonly Row[], comparison: Comparison): Scores => {
  const { values, arms, codes } = columnsOf(rows)
  return trendScores({ outcomes: values, codes, comparison }, arms)
}
const tested = (rows: readonly Row[], comparison: Comparison): ClusterTest =>
  clusterTest(scoresOf(rows, comparison), { seed: 1, draws: 199 })
const mapped = (rows: readonly Row[], change: (row: Row) => Partial<Row>) =>
  rows.map((row) => ({ ...row, ...change(row) }))

for (const comparison of ['within', 'between'] as const) {
  describe(`the test ${comparison} clusters`, () => {
    it('gives a p that is never 0 and no less than its mid-p', () =>
      fc.assert(
        fc.property(telling, (rows) => {
          const { p, midP, draws } = tested(rows, comparison)
          assert.ok(p >= 1 / draws && p <= 1 && midP <= p && midP > 0)
        }),
        { numRuns: 50 },
      ))

    it('does not depend on the order of rows', () =>
      fc.assert(
        fc.property(telling, (rows) => {
          assert.deepEqual(tested(rows.toReversed(), comparison), tested(rows, comparison))
        }),
        { numRuns: 50 },
      ))

    it('does not depend on which arm is which, nor on the units and the zero of the outcome', () =>
      fc.assert(
        fc.property(
          telling,
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: -99, max: 99 }),
          (rows, a, b) => {
            const found = tested(rows, comparison)
            const others = [
              mapped(rows, ({ arm }) => ({ arm: 1 - arm })),
              mapped(rows, ({ value }) => ({ value: a * value + b })),
              mapped(rows, ({ value }) => ({ value: -value })),
            ]
            for (const other of others) assert.deepEqual(tested(other, comparison), found)
          },
        ),
        { numRuns: 50 },
      ))
  })
}

describe('the test within clusters', () => {
  it('does not see what makes a whole cluster easier or harder', () =>
    fc.assert(
      fc.property(telling, (rows) => {
        const harder = mapped(rows, ({ value, code }) => ({ value: value + 64 * code * code }))
        assert.deepEqual(tested(harder, 'within'), tested(rows, 'within'))
      }),
      { numRuns: 50 },
    ))

  it('is exact, and does not depend on the names of clusters, up to 15 of them', () =>
    fc.assert(
      fc.property(telling, (rows) => {
        const found = tested(rows, 'within')
        const renamed = mapped(rows, ({ code }) => ({ code: 700 - 61 * code }))
        assert.deepEqual(tested(renamed, 'within'), found)
        assert.ok(found.exact && Number.isInteger(found.p * found.draws))
      }),
      { numRuns: 50 },
    ))

  it('has contributions that add up over clusters, and over groups to 0', () =>
    fc.assert(
      fc.property(someRows, (rows) => {
        const { values, arms, codes } = columnsOf(rows)
        const scores = groupScores(
          { outcomes: arms, codes, comparison: 'within' },
          codes.map((_, i) => i % 3),
        )
        assert.ok(scores.comparison === 'within' && scores.contributions.length === 3)
        for (const g of scores.contributions[0]?.keys() ?? []) {
          close([scores.contributions.reduce((total, each) => total + (each[g] as number), 0)], [0], 1e-9)
        }
        assert.equal(values.length, scores.rows)
      }),
      { numRuns: 50 },
    ))
})
