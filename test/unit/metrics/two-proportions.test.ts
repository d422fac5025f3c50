import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chiSquareTest } from '../../../src/metrics/chi-square.ts'
import { cochranArmitage } from '../../../src/metrics/cochran-armitage.ts'
import { fisherExact } from '../../../src/metrics/fisher.ts'
import { mcnemar } from '../../../src/metrics/mcnemar.ts'
import { newcombeDifference } from '../../../src/metrics/newcombe.ts'
import { type PairedCounts, pairedDifference } from '../../../src/metrics/paired-proportions.ts'
import type { Proportion } from '../../../src/metrics/proportion.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const expected = reference.proportions
const of = (counts: readonly number[]): Proportion => ({
  successes: Number(counts[0]),
  trials: Number(counts[1]),
})

const pairedOf = ([both, onlyReference, onlyOther, neither]: readonly number[]): PairedCounts => ({
  both: Number(both),
  onlyReference: Number(onlyReference),
  onlyOther: Number(onlyOther),
  neither: Number(neither),
})

describe('newcombeDifference', () => {
  it("agrees with statsmodels' method 'newcomb'", () => {
    for (const { reference: from, other, low, high } of expected.newcombe) {
      const found = newcombeDifference(of(from), of(other), 0.9)
      close([found.low, found.high], [low, high], 1e-12)
    }
  })

  it('refuses counts that are no counts', () => {
    const half = { successes: 1, trials: 2 }
    refuses(() => newcombeDifference(half, { successes: 3, trials: 2 }), 'data-malformed', /3 successes in 2/)
    refuses(() => newcombeDifference({ successes: 0, trials: 0 }, half), 'too-little-data', /0 trials/)
  })
})

describe('pairedDifference', () => {
  // Published: Newcombe (1998), table of examples; Fagerland, Lydersen and Laake (2014), airway responsiveness.
  const published = [
    { counts: [36, 2, 12, 0], low: 0.0569, high: 0.3404, estimate: 0.2, digits: 4 },
    { counts: [1, 7, 1, 12], low: -0.507, high: -0.026, estimate: -2 / 7, digits: 3 },
  ]
  for (const { counts, low, high, estimate, digits } of published) {
    it(`has the published interval of ${counts.join(', ')}`, () => {
      const found = pairedDifference(pairedOf(counts))
      assert.deepEqual([found.low.toFixed(digits), found.high.toFixed(digits)], [low, high].map(String))
      assert.equal(found.estimate, estimate)
    })
  }

  it("adds SciPy's Wilson intervals as vectors with the angle of φ between them", () => {
    for (const { counts, low, high } of expected.paired) {
      const found = pairedDifference(pairedOf(counts), 0.9)
      close([found.low, found.high], [low, high], 1e-12)
    }
  })

  it('is no point where every task succeeds in both arms', () => {
    const none = pairedDifference({ both: 9, onlyReference: 0, onlyOther: 0, neither: 0 })
    assert.equal(none.estimate, 0)
    assert.ok(none.low < 0 && none.high > 0)
  })

  it('refuses broken counts and no task', () => {
    const nothing = { both: 0, onlyReference: 0, onlyOther: 0, neither: 0 }
    refuses(() => pairedDifference(nothing), 'too-little-data', /without a task/)
    refuses(() => pairedDifference({ ...nothing, both: -1 }), 'data-malformed', /-1, 0, 0, 0/)
  })
})

describe('mcnemar', () => {
  it("agrees with statsmodels' exact p and SciPy's mid-p", () => {
    for (const { onlyReference, onlyOther, p, midP } of expected.mcnemar) {
      const found = mcnemar(onlyReference, onlyOther)
      close([found.p, found.midP], [p, midP], 1e-10)
    }
  })

  it('is 1 where no task tells the arms apart', () => assert.deepEqual(mcnemar(0, 0), { p: 1, midP: 1 }))

  it('refuses half a task', () => refuses(() => mcnemar(1, 0.5), 'data-malformed', /1 and 0\.5/))
})

describe('fisherExact', () => {
  it('agrees with SciPy, up to a million runs in each arm', () => {
    for (const { a, b, p } of expected.fisher) close([fisherExact(of(a), of(b))], [p], 1e-9)
  })

  it('refuses an arm without runs', () => {
    refuses(() => fisherExact({ successes: 0, trials: 0 }, of([1, 2])), 'too-little-data', /0 trials/)
  })
})

describe('cochranArmitage and chiSquareTest', () => {
  for (const { doses, z, p, chiSquare, chiSquareP } of expected.trends) {
    const groups = doses.map(([score, ...counts]) => ({ score: Number(score), ...of(counts) }))

    it(`agree with SciPy on ${doses.length} groups`, () => {
      const trend = cochranArmitage(groups)
      const apart = chiSquareTest(groups)
      close([trend.z, trend.p, apart.statistic, apart.p], [z, p, chiSquare, chiSquareP], 1e-10)
      assert.equal(apart.df, doses.length - 1)
    })
  }

  it('refuse groups of which all or none succeed, and a single one', () => {
    const none = [
      { score: 1, successes: 0, trials: 5 },
      { score: 2, successes: 0, trials: 7 },
    ]
    refuses(() => cochranArmitage(none), 'too-little-data', /share of 0/)
    refuses(() => cochranArmitage([{ score: 1, successes: 2, trials: 5 }]), 'too-little-data', /1 groups/)
    refuses(() => chiSquareTest(none), 'too-little-data', /share of 0/)
    refuses(() => chiSquareTest([]), 'too-little-data', /0 groups/)
  })
})
