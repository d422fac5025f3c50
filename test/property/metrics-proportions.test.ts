import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { chiSquareTest } from '../../src/metrics/chi-square.ts'
import { cochranArmitage } from '../../src/metrics/cochran-armitage.ts'
import { fisherExact } from '../../src/metrics/fisher.ts'
import { mcnemar } from '../../src/metrics/mcnemar.ts'
import { newcombeDifference } from '../../src/metrics/newcombe.ts'
import { pairedDifference } from '../../src/metrics/paired-proportions.ts'
import type { Proportion } from '../../src/metrics/proportion.ts'
import { close } from '../unit/regress/close.ts'

const proportion = fc
  .tuple(fc.integer({ min: 1, max: 300 }), fc.nat(300))
  .map(([trials, k]): Proportion => ({ successes: k % (trials + 1), trials }))
const mirrored = ({ successes, trials }: Proportion): Proportion => ({
  successes: trials - successes,
  trials,
})
const counts = fc
  .record({ both: fc.nat(60), onlyReference: fc.nat(60), onlyOther: fc.nat(60), neither: fc.nat(60) })
  .filter(({ both, onlyReference, onlyOther, neither }) => both + onlyReference + onlyOther + neither > 0)

describe('newcombeDifference', () => {
  it('stays in [−1, 1], holds its estimate, and turns round when the arms or the outcomes do', () =>
    fc.assert(
      fc.property(proportion, proportion, (a, b) => {
        const { estimate, low, high } = newcombeDifference(a, b)
        assert.ok(-1 - 1e-12 <= low && low <= estimate && estimate <= high && high <= 1 + 1e-12)
        for (const turned of [newcombeDifference(b, a), newcombeDifference(mirrored(a), mirrored(b))]) {
          close([turned.estimate, turned.low, turned.high], [-estimate, -high, -low], 1e-12)
        }
      }),
    ))
})

describe('pairedDifference', () => {
  it('stays in [−1, 1], holds its estimate, and turns round when the arms or the outcomes do', () =>
    fc.assert(
      fc.property(counts, (of) => {
        const { estimate, low, high } = pairedDifference(of)
        assert.ok(-1 - 1e-12 <= low && low <= estimate && estimate <= high && high <= 1 + 1e-12)
        const swapped = { ...of, onlyReference: of.onlyOther, onlyOther: of.onlyReference }
        const failures = { ...swapped, both: of.neither, neither: of.both }
        for (const turned of [pairedDifference(swapped), pairedDifference(failures)]) {
          close([turned.estimate, turned.low, turned.high], [-estimate, -high, -low], 1e-12)
        }
      }),
    ))
})

describe('the p of two proportions', () => {
  it('is a probability that does not change when arms or outcomes change places', () =>
    fc.assert(
      fc.property(proportion, proportion, (a, b) => {
        const p = fisherExact(a, b)
        assert.ok(p > 0 && p <= 1 + 1e-12)
        close([fisherExact(b, a), fisherExact(mirrored(a), mirrored(b))], [p, p], 1e-9)
      }),
    ))

  it('is that of all tables listed one by one', () => {
    const few = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.nat(12))
      .map(([trials, k]): Proportion => ({ successes: k % (trials + 1), trials }))
    fc.assert(fc.property(few, few, (a, b) => close([fisherExact(a, b)], [listed(a, b)], 1e-9)))
  })

  it('of McNemar does not depend on which arm is which, and its mid-p is smaller', () =>
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (a, b) => {
        const { p, midP } = mcnemar(a, b)
        assert.deepEqual(mcnemar(b, a), { p, midP })
        assert.ok(midP > 0 && midP <= p && p <= 1)
      }),
    ))

  it('of McNemar falls as the arms differ on more tasks, all one way', () =>
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 40 }), (fewer, gap) => {
        assert.ok(mcnemar(fewer, fewer + gap + 1).midP < mcnemar(fewer, fewer + gap).midP)
      }),
    ))
})

describe('cochranArmitage and chiSquareTest', () => {
  const two = fc
    .tuple(proportion, proportion)
    .filter(([a, b]) => a.successes + b.successes > 0 && a.successes + b.successes < a.trials + b.trials)

  it('are one test on two groups, whatever the scale of the scores', () =>
    fc.assert(
      fc.property(two, fc.integer({ min: 1, max: 99 }), ([a, b], gap) => {
        const { z, p } = cochranArmitage([
          { ...a, score: 5 },
          { ...b, score: 5 + gap },
        ])
        const apart = chiSquareTest([a, b])
        close([z * z, p], [apart.statistic, apart.p], 1e-9)
        assert.ok(z * (b.successes / b.trials - a.successes / a.trials) >= -1e-12)
      }),
    ))
})

/** Fisher's p by the definition: binomial coefficients of every table. */
function listed(a: Proportion, b: Proportion): number {
  const successes = a.successes + b.successes
  const tables = Array.from({ length: successes + 1 }, (_, x) => {
    return choose(a.trials, x) * choose(b.trials, successes - x)
  })
  const seen = tables[a.successes] as number
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return sum(tables.filter((weight) => weight <= seen)) / sum(tables)
}

function choose(n: number, k: number): number {
  if (k > n) return 0
  return Array.from({ length: k }, (_, i) => i).reduce((product, i) => (product * (n - i)) / (i + 1), 1)
}
