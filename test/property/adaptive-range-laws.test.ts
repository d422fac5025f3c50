import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { followRuns } from '../../src/forecast/follow-runs.ts'
import { rangeOf } from '../../src/forecast/range.ts'
import { recalibratedSample, uncalibratedLog10 } from '../../src/forecast/recalibrated.ts'
import { followed, NOT_ADAPTED, RANGE_STEP } from '../../src/regress/adaptive-range.ts'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const run = fc.record({
  ...{ actual: number(-2, 12), p50: number(1, 8), isCapped: fc.boolean() },
  ...{ below: number(0, 3), above: number(0, 3) },
  told: fc.constantFrom('below' as const, 'inside' as const, 'above' as const, null),
})
const runs = fc.array(run, { maxLength: 200 })
const calibration = fc.record({
  ...{ runs: fc.integer({ min: 1, max: 1000 }), shift: number(-2, 2) },
  ...{ lower: number(0.1, 10), upper: number(0.1, 10) },
})
const sample = fc
  .array(number(1, 6), { minLength: 1, maxLength: 101 })
  .map((logs) => Float64Array.from(logs, (log) => 10 ** log))

describe('a range that follows runs, whatever they are', () => {
  it('has ends on both sides of its middle, and moves them by no more than the step', () =>
    fc.assert(
      fc.property(runs, (list) => {
        let state = NOT_ADAPTED
        for (const { actual, p50, isCapped, told, below, above } of list) {
          const next = followed(state, { actual, p50, isCapped, told, p10: p50 - below, p90: p50 + above })
          for (const end of ['lower', 'upper'] as const) {
            assert.ok(next[end] > 0 && Number.isFinite(next[end]))
            assert.ok(Math.abs(Math.log(next[end] / state[end])) <= 0.9 * RANGE_STEP + 1e-12)
          }
          assert.ok(Number.isFinite(next.shift))
          assert.ok(next.runs === state.runs + 1 || (isCapped && next === state))
          state = next
        }
      }),
    ))
})

describe('a sample that was corrected', () => {
  it('keeps the order of its outcomes, so that no quantile passes another', () =>
    fc.assert(
      fc.property(sample, calibration, (values, by) => {
        const moved = recalibratedSample(values, by)
        for (let i = 0; i < values.length; i++)
          for (let k = 0; k < values.length; k++)
            if ((values[i] as number) <= (values[k] as number))
              assert.ok((moved[i] as number) <= (moved[k] as number) * (1 + 1e-9))
        const { p10, p50, p80, p90 } = rangeOf(moved)
        assert.ok(p10 <= p50 && p50 <= p80 && p80 <= p90)
      }),
    ))

  it('is what it was where nothing was learnt', () =>
    fc.assert(
      fc.property(sample, (values) => {
        const same = recalibratedSample(values, { runs: 1, shift: 0, lower: 1, upper: 1 })
        for (const [i, value] of values.entries()) assert.ok(Math.abs((same[i] as number) / value - 1) < 1e-9)
      }),
    ))

  it('tells what it was before: the ends and the middle come back', () =>
    fc.assert(
      fc.property(sample, calibration, (values, by) => {
        fc.pre(values.length % 2 === 1)
        const before = rangeOf(values)
        const back = uncalibratedLog10(rangeOf(recalibratedSample(values, by)), by)
        for (const level of ['p10', 'p50', 'p90'] as const)
          assert.ok(Math.abs(back[level] - Math.log10(before[level])) < 1e-6, level)
      }),
    ))
})

const ends = fc.tuple(number(1, 1e6), number(1, 100), number(1, 100)).map(([p10, a, b]) => ({
  ...{ p10, p50: p10 * a, p90: p10 * a * b },
}))
const followedRun = fc.record({
  startedAt: fc.constant('2026-01-01T00:00:00.000Z'),
  knownMs: fc.nat(10),
  isCapped: fc.boolean(),
  actual: fc.record({ output: fc.option(fc.nat(1e7)), total: fc.option(fc.nat(1e8)) }),
  forecast: fc.record({ madeMs: fc.nat(10), output: ends, total: ends, calibration: fc.constant(null) }),
})

describe('a fold over the runs of a pair', () => {
  it('gives numbers that a forecast can be corrected by, or nothing where no run tells any', () =>
    fc.assert(
      fc.property(fc.array(followedRun, { maxLength: 60 }), (list) => {
        const found = followRuns(list)
        for (const quantity of ['output', 'total'] as const) {
          const tells = list.some(({ actual, isCapped }) => (actual[quantity] ?? 0) > 0 && !isCapped)
          const told = found?.[quantity] ?? null
          if (tells) assert.ok(told !== null && told.runs > 0 && told.lower > 0 && told.upper > 0)
        }
        assert.deepEqual(followRuns(list), found)
        if (list.length === 0) assert.equal(found, null)
      }),
    ))
})
