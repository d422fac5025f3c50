import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KnownError } from '../../src/errors.ts'
import { chiSquareQuantile, chiSquareTail } from '../../src/metrics/chi-square-distribution.ts'
import { fQuantile, fTail } from '../../src/metrics/f-distribution.ts'
import { fixedEffects, type Slope } from '../../src/metrics/fixed-effects.ts'
import { holm } from '../../src/metrics/holm.ts'
import { iccOf } from '../../src/metrics/icc.ts'
import { intervalScore } from '../../src/metrics/interval-score.ts'
import { kendall } from '../../src/metrics/kendall.ts'
import { clustersToDetect, detectableEffect, equivalencePower, powerFor } from '../../src/metrics/power.ts'
import { tQuantile, tTail } from '../../src/metrics/student-t.ts'
import { tost } from '../../src/metrics/tost.ts'
import { withinTask } from '../../src/metrics/within-task.ts'
import { columnsOf, type Row, someRows } from '../fixtures/metrics/rows.ts'
import { close } from '../unit/regress/close.ts'

const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
const degrees = fc.double({ min: 0.5, max: 5000, noNaN: true })

describe('the quantiles of t, F and chi-square', () => {
  it('have the tails they were asked for', () =>
    fc.assert(
      fc.property(share, degrees, degrees, (p, above, below) => {
        close([1 - tTail(tQuantile(p, below), below)], [p], 1e-9)
        close([1 - fTail(fQuantile(p, { above, below }), { above, below })], [p], 1e-9)
        close([1 - chiSquareTail(chiSquareQuantile(p, above), above)], [p], 1e-9)
      }),
    ))

  it('are one distribution: t² is F with 1 and df', () =>
    fc.assert(
      fc.property(share, degrees, (p, df) => {
        const t = tQuantile(p, df)
        close([fTail(t * t, { above: 1, below: df })], [2 * tTail(Math.abs(t), df)], 1e-9)
        close([tQuantile(1 - p, df)], [-t], 1e-6)
      }),
    ))
})

describe('kendall', () => {
  const pairs = fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { minLength: 2, maxLength: 40 }).filter((rows) => {
    return [0, 1].every((at) => new Set(rows.map((row) => row[at])).size > 1)
  })

  it('is what comparing every pair of rows gives', () =>
    fc.assert(
      fc.property(pairs, (rows) => {
        let [agree, x, y] = [0, 0, 0]
        for (const [i, [a, b]] of rows.entries()) {
          for (const [c, d] of rows.slice(0, i)) {
            agree += Math.sign(a - c) * Math.sign(b - d)
            x += a === c ? 0 : 1
            y += b === d ? 0 : 1
          }
        }
        close([tauOf(rows).tau], [agree / Math.sqrt(x * y)], 1e-12)
      }),
    ))

  it('does not depend on the order of rows or the units, and turns round with either series', () =>
    fc.assert(
      fc.property(pairs, (rows) => {
        const { tau, p } = tauOf(rows)
        for (const same of [rows.toReversed(), rows.map(([a, b]) => [b, Math.exp(a)] as const)]) {
          close([tauOf(same).tau, tauOf(same).p], [tau, p], 1e-12)
        }
        const turned = tauOf(rows.map(([a, b]) => [a, -b]))
        close([turned.tau, turned.p], [-tau, p], 1e-12)
        assert.ok(tau >= -1 && tau <= 1 && p >= 0 && p <= 1)
      }),
    ))
})

describe('iccOf', () => {
  it('does not depend on units, zero, order or names, and lies in its interval', () =>
    fc.assert(
      fc.property(someRows.filter(differs), fc.integer({ min: 1, max: 9 }), (rows, scale) => {
        const { values, codes } = columnsOf(rows)
        const found = iccOf(values, codes)
        const other = iccOf(
          values.map((value) => 50 - scale * value).toReversed(),
          codes.map((code) => 90 - code).toReversed(),
        )
        close([other.estimate, other.low, other.high], [found.estimate, found.low, found.high], 1e-6)
        assert.ok(found.low <= found.estimate && found.estimate <= found.high && found.high <= 1)
      }),
    ))
})

describe('withinTask', () => {
  it('has ratios without units', () =>
    fc.assert(
      fc.property(someRows, fc.integer({ min: 1, max: 9 }), (rows, scale) => {
        const { values, codes } = columnsOf(rows)
        const amounts = values.map((value) => Math.abs(value) + 1)
        const [a, b] = [
          withinTask(amounts, codes),
          withinTask(
            amounts.map((value) => scale * value),
            codes,
          ),
        ]
        const known = (column: Float64Array) => column.map((value) => (Number.isNaN(value) ? -1 : value))
        close(known(b.cv), known(a.cv), 1e-9)
        close(known(b.maxOverMin), known(a.maxOverMin), 1e-9)
        assert.ok(a.maxOverMin.every((ratio) => !(ratio < 1)))
      }),
    ))
})

describe('fixedEffects', () => {
  it('does not see what is added per level of either set, and scales with the outcome', () =>
    fc.assert(
      fc.property(someRows, fc.infiniteStream(fc.nat(99)), (rows, more) => {
        const columns = { ...columnsOf(rows), x: rows.map(() => more.next().value as number) }
        const slope = (values: Float64Array) => slopeOf(columns, values)
        const found = slope(columns.values)
        // A perfect fit leaves rounding for an error.
        if (found === null || found.standardError < 1e-6) return
        const shifted = slope(
          columns.values.map(
            (value, i) => value + 3 * (columns.codes[i] as number) - 9 * (columns.arms[i] as number),
          ),
        )
        close(numbers(shifted), numbers(found), 1e-6)
        close(
          numbers(slope(columns.values.map((value) => 4 * value))).slice(0, 2),
          numbers(found)
            .slice(0, 2)
            .map((each) => 4 * each),
          1e-6,
        )
      }),
    ))
})

describe('holm', () => {
  it('lies between p and Bonferroni, keeps the order of p, and moves with the rows', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (p) => {
          const adjusted = holm(p)
          for (const [i, each] of p.entries()) {
            const value = adjusted[i] as number
            assert.ok(value >= each && value <= Math.min(1, p.length * each) + 1e-15)
            assert.ok(p.every((other, j) => other < each || (adjusted[j] as number) >= value))
          }
          assert.deepEqual(holm(p.toReversed()), adjusted.toReversed())
        },
      ),
    ))
})

describe('tost and power', () => {
  const plan = fc.record({
    standardError: fc.double({ min: 0.01, max: 5, noNaN: true }),
    df: fc.integer({ min: 2, max: 300 }),
  })
  const size = fc.double({ min: 0.01, max: 9, noNaN: true })

  it('show equivalence exactly where the interval lies in the margin, whatever the sign', () =>
    fc.assert(
      fc.property(plan, size, size, (precision, estimate, margin) => {
        const found = tost({ estimate, ...precision }, margin)
        const inside = found.interval.low > -margin && found.interval.high < margin
        assert.equal(found.verdict === 'equivalent', inside)
        const turned = tost({ estimate: -estimate, ...precision }, margin)
        assert.deepEqual([turned.p, turned.verdict], [found.p, found.verdict])
        assert.ok(tost({ estimate, ...precision }, 2 * margin).p <= found.p)
      }),
    ))

  it('find larger effects more often, and the detectable one with the power asked for', () =>
    fc.assert(
      fc.property(
        plan,
        size,
        size,
        fc.double({ min: 0.3, max: 0.99, noNaN: true }),
        (precision, a, b, power) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)]
          assert.ok(powerFor(less, precision) <= powerFor(more, precision) + 1e-12)
          close([powerFor(detectableEffect(precision, { power }), precision)], [power], 1e-9)
          const [near, far] = [
            equivalencePower({ margin: a }, precision),
            equivalencePower({ margin: a + b }, precision),
          ]
          assert.ok(near >= 0 && near <= far && far <= 1)
        },
      ),
    ))

  it('need more clusters for smaller effects and larger spread', () =>
    fc.assert(
      fc.property(size, size, (effect, sd) => {
        const clusters = clustersToDetect(effect, sd)
        assert.ok(clusters >= 2 && clustersToDetect(effect / 2, sd) >= clusters)
        assert.equal(clustersToDetect(4 * effect, 4 * sd), clusters)
      }),
      { numRuns: 30 },
    ))
})

describe('intervalScore', () => {
  it('is no less than the width, moves with nothing and scales with the unit', () =>
    fc.assert(
      fc.property(someRows, fc.integer({ min: 1, max: 9 }), (rows, scale) => {
        const actual = columnsOf(rows).values
        const score = (factor: number, shift: number) =>
          intervalScore(
            actual.map((value) => factor * value + shift),
            {
              low: actual.map((_, i) => factor * (i - 9) + shift),
              high: actual.map((_, i) => factor * i + shift),
            },
            0.9,
          )
        assert.ok(score(1, 0) >= 9)
        close([score(scale, 0), score(1, 64)], [scale * score(1, 0), score(1, 0)], 1e-9)
      }),
    ))
})

const tauOf = (rows: readonly (readonly [number, number])[]) =>
  kendall(
    rows.map(([x]) => x),
    rows.map(([, y]) => y),
  )

function differs(rows: readonly Row[]): boolean {
  return new Set(rows.map(({ value }) => value)).size > 1
}

const numbers = (slope: Slope | null) =>
  slope === null ? [] : [slope.estimate, slope.standardError, slope.p]

/** Null where the effects leave nothing of x, or no degree of freedom. */
function slopeOf(
  {
    arms,
    codes,
    x,
  }: { readonly arms: Uint8Array; readonly codes: Int32Array; readonly x: readonly number[] },
  outcomes: Float64Array,
): Slope | null {
  try {
    return fixedEffects({ outcomes, regressors: [x], effects: [codes, arms], codes })[0] ?? null
  } catch (error) {
    if (error instanceof KnownError && error.code === 'too-little-data') return null
    throw error
  }
}
