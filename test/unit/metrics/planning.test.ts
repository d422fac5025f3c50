import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { holm } from '../../../src/metrics/holm.ts'
import {
  clustersForEquivalence,
  clustersToDetect,
  detectableEffect,
  equivalencePower,
  powerFor,
} from '../../../src/metrics/power.ts'
import { tost } from '../../../src/metrics/tost.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const expected = reference.planning

describe('tost', () => {
  it("agrees with statsmodels' ttost_mean", () => {
    for (const { margin, p, low, high, ...difference } of expected.tost) {
      const found = tost(difference, margin)
      close([found.p, found.interval.low, found.interval.high], [p, low, high], 1e-10)
    }
  })

  it('says what the interval of level 1 − 2α shows', () => {
    const verdict = (estimate: number) => tost({ estimate, standardError: 1, df: 30 }, 3).verdict
    assert.deepEqual([0, 1, 2, 4, 5, -5].map(verdict), [
      'equivalent',
      'equivalent',
      'undecided',
      'undecided',
      'different',
      'different',
    ])
  })

  it('refuses no margin, no error and a level of one half', () => {
    const difference = { estimate: 0, standardError: 1, df: 9 }
    refuses(() => tost(difference, 0), 'data-malformed', /margin of 0/)
    refuses(() => tost({ ...difference, standardError: 0 }, 1), 'too-little-data', /error of 0/)
    refuses(() => tost(difference, 1, 0.5), 'data-malformed', /level of 0\.5/)
  })
})

describe('detectableEffect', () => {
  it("is Bloom's multiple of the standard error, by SciPy's t", () => {
    for (const { effect, standardError, df, alpha, power } of expected.detectable) {
      close([detectableEffect({ standardError, df }, { alpha, power })], [effect], 1e-10)
      close([powerFor(-effect, { standardError, df }, { alpha })], [power], 1e-10)
    }
  })

  it("is near statsmodels' power by the noncentral t", () => {
    const plan = { standardError: 1 / Math.sqrt(200), df: 199 }
    close([powerFor(0.3, plan)], [expected.power], 1e-3)
    assert.ok(Math.abs(clustersToDetect(0.25, 1) - expected.clusters) <= 1)
  })
})

describe('equivalencePower', () => {
  it("is statsmodels' normal power where there are many degrees of freedom", () => {
    const found = equivalencePower({ margin: 0.3, effect: 0.05 }, { standardError: 0.1, df: 1e7 })
    close([found], [expected.equivalence], 1e-6)
  })

  it('is 0 where the margin is within the noise', () => {
    assert.equal(equivalencePower({ margin: 0.1 }, { standardError: 1, df: 20 }), 0)
  })
})

describe('the number of clusters', () => {
  it('is the smallest that is enough', () => {
    const clusters = clustersToDetect(0.03, 0.2)
    const plan = (count: number) => ({ standardError: 0.2 / Math.sqrt(count), df: count - 1 })
    assert.ok(detectableEffect(plan(clusters)) <= 0.03 && detectableEffect(plan(clusters - 1)) > 0.03)
    const alike = clustersForEquivalence(0.03, 0.2, { power: 0.9 })
    assert.ok(equivalencePower({ margin: 0.03 }, plan(alike)) >= 0.9)
    assert.ok(equivalencePower({ margin: 0.03 }, plan(alike - 1)) < 0.9)
  })

  it('refuses effects that no plan finds, and no spread', () => {
    refuses(() => clustersToDetect(0, 1), 'too-little-data', /more than/)
    refuses(() => clustersToDetect(1, 0), 'data-malformed', /deviation of 0/)
    refuses(() => clustersToDetect(1, 1, { power: 80 }), 'data-malformed', /power of 80/)
    refuses(() => clustersToDetect(1, 1, { alpha: 0 }), 'data-malformed', /level of 0/)
  })
})

describe('holm', () => {
  it('agrees with statsmodels, in the order given', () => close(holm(expected.p), expected.holm, 1e-14))

  it('refuses what is no probability', () => refuses(() => holm([0.1, 1.1]), 'data-malformed', /1 is 1\.1/))
})
