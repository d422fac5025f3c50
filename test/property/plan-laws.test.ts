import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { KnownError } from '../../src/errors.ts'
import {
  type Design,
  detectableDifference,
  equalityPower,
  tasksToDetect,
} from '../../src/report/plan/design.ts'
import { parsePlan } from '../../src/runner/plan.ts'

const share = (most: number) => fc.double({ min: 0, max: most, noNaN: true })
const design: fc.Arbitrary<Design> = fc.record({
  tasks: fc.integer({ min: 6, max: 2000 }),
  repeats: fc.integer({ min: 1, max: 50 }),
  rate: share(1),
  consistency: share(0.95),
  agreement: share(1),
  comparisons: fc.integer({ min: 1, max: 10 }),
})

/** Infinity = nothing is detectable. */
const detectable = (one: Design): number => detectableDifference(one) ?? Number.POSITIVE_INFINITY

const ROUNDING = 1e-9

describe('what a plan shows', () => {
  it('is never less for more tasks, more repeats, or fewer comparisons', () =>
    fc.assert(
      fc.property(design, fc.integer({ min: 1, max: 100 }), (one, more) => {
        const before = detectable(one)
        assert.ok(detectable({ ...one, tasks: one.tasks + more }) <= before + ROUNDING)
        assert.ok(detectable({ ...one, repeats: one.repeats + more }) <= before + ROUNDING)
        assert.ok(detectable({ ...one, comparisons: one.comparisons + more }) >= before - ROUNDING)
      }),
    ))

  it('is a difference that there can be', () =>
    fc.assert(
      fc.property(design, (one) => {
        const found = detectableDifference(one)
        assert.ok(found === null || (found > 1e-6 && found <= Math.max(one.rate, 1 - one.rate)))
      }),
    ))

  it('is within reach of the tasks that are said to be needed', () =>
    fc.assert(
      fc.property(design, fc.double({ min: 0.02, max: 0.3, noNaN: true }), (one, effect) => {
        fc.pre(effect <= Math.max(one.rate, 1 - one.rate))
        assert.ok(detectable({ ...one, tasks: tasksToDetect(one, effect) }) <= effect + ROUNDING)
      }),
    ))

  it('is equality the more often, the wider the margin', () =>
    fc.assert(
      fc.property(design, share(0.3), share(0.3), (one, a, b) => {
        const [narrow, wide] = [Math.min(a, b), Math.max(a, b)]
        assert.ok(equalityPower(one, narrow) <= equalityPower(one, wide) + ROUNDING)
      }),
    ))
})

describe('a text that may be a plan', () => {
  const pieces = fc.constantFrom(
    'schema: plan/1\n',
    'tasks: {count: 5}\n',
    'tasks: [a.md]\n',
    'agents: [a]\n',
    'models: [m, n]\n',
    'multipliers: [1, uncapped]\n',
    'repeats: 3\n',
    'compare: models\n',
    'assume: {usdPerRun: 1}\n',
    '- ',
    '? ',
    '{',
    ']',
    '"',
    '\t',
    '&a ',
    '*a',
    '!!set ',
    '__proto__: {x: 1}\n',
    'toString: 1\n',
  )
  const text = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 20 }).map((parts) => parts.join(''))

  it('is one, or is told what is wrong with it, and where', () =>
    fc.assert(
      fc.property(text, (source) => {
        try {
          const plan = parsePlan(source, 'x')
          assert.ok(plan.models.length > 0 && plan.repeats > 0)
        } catch (error) {
          assert.ok(error instanceof KnownError && error.code === 'plan-malformed', String(error))
          assert.ok(error.problems.length > 0)
          const lines = source.split('\n').length
          for (const { line, column } of error.problems) assert.ok(line >= 1 && line <= lines && column >= 1)
        }
      }),
      { numRuns: 500 },
    ))
})
