import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { binomialDensity } from '../../../src/metrics/binomial-density.ts'
import {
  chiSquareQuantile,
  chiSquareTail,
  normalTwoSided,
} from '../../../src/metrics/chi-square-distribution.ts'
import { fQuantile, fTail } from '../../../src/metrics/f-distribution.ts'
import { regularisedBeta } from '../../../src/metrics/incomplete-beta.ts'
import { regularisedGamma } from '../../../src/metrics/incomplete-gamma.ts'
import { logGamma } from '../../../src/metrics/stirling-error.ts'
import { tQuantile, tTail, tTwoSided } from '../../../src/metrics/student-t.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const expected = reference.distributions

/** Within a share of the expected value, however small that is. */
function near(actual: number, value: number, share = 1e-10): void {
  assert.ok(Math.abs(actual - value) <= share * Math.abs(value), `${actual}, expected ${value}`)
}

describe('the distribution of t', () => {
  it('has the tails that SciPy gives, out to p = 1e-12', () => {
    for (const { t, df, tail, both } of expected.t) {
      near(tTail(t, df), tail)
      near(tTwoSided(t, df), both)
    }
  })

  it('has the quantiles that SciPy gives', () => {
    for (const { p, df, t } of expected.tQuantiles) close([tQuantile(p, df)], [t], 1e-9)
    assert.equal(tQuantile(0.5, 3), 0)
  })
})

describe('the distribution of F', () => {
  it('has the tails that SciPy gives', () => {
    for (const { f, above, below, tail } of expected.f) near(fTail(f, { above, below }), tail)
    assert.equal(fTail(0, { above: 2, below: 3 }), 1)
  })

  it('has the quantiles that SciPy gives, far into both tails', () => {
    for (const { p, above, below, f } of expected.fQuantiles) near(fQuantile(p, { above, below }), f, 1e-8)
  })
})

describe('the chi-square distribution', () => {
  it('has the tails that SciPy gives', () => {
    for (const { x, df, tail } of expected.chiSquare) near(chiSquareTail(x, df), tail)
    assert.equal(chiSquareTail(Number.POSITIVE_INFINITY, 3), 0)
  })

  it('has the quantiles that SciPy gives', () => {
    for (const { p, df, x } of expected.chiSquareQuantiles) near(chiSquareQuantile(p, df), x, 1e-9)
  })

  it('gives the two-sided p of a normal deviate', () => {
    for (const { z, both } of expected.normal) near(normalTwoSided(z), both)
  })
})

describe('what they are made of', () => {
  it('has the logarithm of the gamma function that SciPy gives', () => {
    for (const { x, value } of expected.logGamma) close([logGamma(x)], [value], 1e-13)
  })

  it('has the binomial densities that SciPy gives, for broken counts too', () => {
    for (const { x, y, odds, density } of expected.binomial) near(binomialDensity(x, y, odds), density, 1e-11)
  })

  it('is exact at the ends', () => {
    assert.equal(regularisedBeta(0, 2, 3), 0)
    assert.equal(regularisedBeta(Number.POSITIVE_INFINITY, 2, 3), 1)
    assert.deepEqual(regularisedGamma(2, 0), { lower: 0, upper: 1 })
  })

  it('refuses what no distribution has', () => {
    refuses(() => regularisedBeta(1, 0, 3), 'data-malformed', /of 0 and 3/)
    refuses(() => regularisedBeta(Number.NaN, 1, 3), 'data-malformed', /odds NaN/)
    refuses(() => regularisedGamma(2, -1), 'data-malformed', /at -1/)
    refuses(() => tTwoSided(1, Number.POSITIVE_INFINITY), 'data-malformed', /Infinity/)
    refuses(() => tQuantile(1, 3), 'data-malformed', /at 1/)
    refuses(() => fQuantile(0, { above: 1, below: 2 }), 'data-malformed', /at 0/)
    refuses(() => chiSquareQuantile(2, 3), 'data-malformed', /at 2/)
  })
})
