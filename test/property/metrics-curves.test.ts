import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { clusteredMean } from '../../src/metrics/clustered-mean.ts'
import { effectiveness } from '../../src/metrics/effectiveness.ts'
import { equalGroups } from '../../src/metrics/equal-groups.ts'
import { kaplanMeier, shareBy } from '../../src/metrics/kaplan-meier.ts'
import { paretoFront } from '../../src/metrics/pareto.ts'
import { passAtK, passHatK } from '../../src/metrics/pass-at-k.ts'
import { resolutionAt, resolutionCurve, resolvedWithin } from '../../src/metrics/resolution-curve.ts'
import { runOrder } from '../../src/metrics/run-order.ts'
import { close } from '../unit/regress/close.ts'

const episodes = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 1 })), {
  minLength: 2,
  maxLength: 50,
})
const columns = (rows: readonly [number, number][]) =>
  [rows.map(([amount]) => amount), rows.map(([, resolved]) => resolved)] as const

describe('resolutionCurve', () => {
  it('rises from 0 to the resolution rate, and does not depend on the order of rows', () =>
    fc.assert(
      fc.property(episodes, (rows) => {
        const [amounts, resolved] = columns(rows)
        const curve = resolutionCurve(amounts, resolved)
        assert.ok(curve.shares.every((share, k) => share > (k > 0 ? (curve.shares[k - 1] as number) : 0)))
        const rate = resolved.reduce((sum, each) => sum + each, 0) / rows.length
        close([resolutionAt(curve, 60), resolutionAt(curve, -1)], [rate, 0], 1e-12)
        assert.deepEqual(resolutionCurve(...columns(rows.toReversed())), curve)
      }),
    ))

  it('is at each budget the mean of the episodes marked for it', () =>
    fc.assert(
      fc.property(episodes, fc.nat(60), (rows, budget) => {
        const [amounts, resolved] = columns(rows)
        const marks = resolvedWithin(amounts, resolved, budget)
        const share = clusteredMean(marks, Int32Array.from(marks.keys())).estimate
        close([resolutionAt(resolutionCurve(amounts, resolved), budget)], [share], 1e-12)
      }),
    ))
})

describe('effectiveness', () => {
  it('is the area under RR@x up to the cap, over the cap', () =>
    fc.assert(
      fc.property(episodes, fc.integer({ min: 1, max: 80 }), (rows, cap) => {
        const [amounts, resolved] = columns(rows)
        const { amounts: steps, shares } = resolutionCurve(amounts, resolved)
        const area = shares.reduce((sum, share, k) => {
          const [from, to] = [steps[k] as number, k + 1 < steps.length ? (steps[k + 1] as number) : cap]
          return sum + share * Math.max(0, Math.min(cap, to) - Math.min(cap, from))
        }, 0)
        const each = effectiveness(amounts, resolved, cap)
        close([each.reduce((sum, part) => sum + part, 0) / rows.length], [area / cap], 1e-12)
      }),
    ))
})

describe('kaplanMeier', () => {
  it('is RR@x when no run is censored before it fails for good', () =>
    fc.assert(
      fc.property(episodes, fc.nat(60), (rows, budget) => {
        const [amounts, resolved] = columns(rows)
        const times = amounts.map((amount, i) => (resolved[i] === 1 ? amount : Number.POSITIVE_INFINITY))
        const found = shareBy(kaplanMeier(times, resolved), budget)
        close([found.estimate], [resolutionAt(resolutionCurve(amounts, resolved), budget)], 1e-12)
        assert.ok(found.low >= -1e-12 && found.low <= found.estimate + 1e-12)
        assert.ok(found.high <= 1 && found.high >= found.estimate - 1e-12)
      }),
    ))

  it('falls, and does not depend on the order of rows nor on the unit of time', () =>
    fc.assert(
      fc.property(episodes, (rows) => {
        const [times, observed] = columns(rows)
        const curve = kaplanMeier(times, observed)
        assert.ok(curve.survival.every((share, k) => share < (k > 0 ? (curve.survival[k - 1] as number) : 1)))
        assert.deepEqual(kaplanMeier(...columns(rows.toReversed())), curve)
        const slower = kaplanMeier(
          times.map((time) => 7 * time),
          observed,
        )
        assert.deepEqual(slower.survival, curve.survival)
      }),
    ))
})

describe('passAtK and passHatK', () => {
  it('are the share of successes at k = 1, and part from there', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(200), (trials, some) => {
        const tries = { trials, successes: some % (trials + 1) }
        close(
          [passAtK(tries, 1), passHatK(tries, 1)],
          [tries.successes / trials, tries.successes / trials],
          1e-12,
        )
        for (let k = 2; k <= trials; k++) {
          assert.ok(
            passAtK(tries, k) >= passAtK(tries, k - 1) && passHatK(tries, k) <= passHatK(tries, k - 1),
          )
        }
        // All of k succeed when none of k fail.
        const failures = { trials, successes: trials - tries.successes }
        close([passHatK(tries, trials)], [1 - passAtK(failures, trials)], 1e-12)
      }),
    ))
})

describe('paretoFront', () => {
  it('is what comparing every pair leaves', () => {
    const points = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(points, (rows) => {
        const beaten = rows.map(([cost, value]) =>
          rows.some(([c, v]) => c <= cost && v >= value && (c < cost || v > value)),
        )
        const [costs, values] = columns(rows)
        assert.deepEqual(
          [...paretoFront(costs, values)],
          beaten.map((each) => (each ? 0 : 1)),
        )
      }),
    )
  })
})

describe('equalGroups', () => {
  it('is what sorting by value and row and cutting gives', () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (values, k) => {
          const groups = equalGroups(values, k)
          const order = values.map((value, i) => [value, i] as const).sort(([a, i], [b, j]) => a - b || i - j)
          const along = order.map(([, i]) => groups[i] as number)
          assert.ok(along.every((group, at) => at === 0 || group >= (along[at - 1] as number)))
          const sizes = Array.from({ length: k }, (_, g) => along.filter((group) => group === g).length)
          assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
        },
      ),
    ))
})

describe('runOrder', () => {
  it('numbers the runs of each task without gaps, cheaper ones first', () =>
    fc.assert(
      fc.property(episodes, (rows) => {
        const [values, tasks] = columns(rows)
        const { place, runs } = runOrder(values, tasks)
        for (const task of new Set(tasks)) {
          const own = [...values.keys()].filter((i) => tasks[i] === task)
          const along = own.toSorted((i, j) => (place[i] as number) - (place[j] as number))
          assert.deepEqual(
            along.map((i) => place[i]),
            along.map((_, at) => at),
          )
          assert.ok(
            along.every(
              (i, at) => at === 0 || (values[i] as number) >= (values[along[at - 1] as number] as number),
            ),
          )
          assert.ok(own.every((i) => runs[i] === own.length))
        }
      }),
    ))
})
