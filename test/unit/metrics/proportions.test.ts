import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { auc } from '../../../src/metrics/auc.ts'
import { brierScore } from '../../../src/metrics/brier.ts'
import { intervalCoverage } from '../../../src/metrics/coverage.ts'
import { reliabilityTable } from '../../../src/metrics/reliability.ts'
import { wilsonInterval } from '../../../src/metrics/wilson.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const { p, y, ...expected } = reference.probabilities

describe('wilsonInterval', () => {
  for (const { successes, trials, level, low, high } of reference.wilson) {
    it(`agrees with SciPy on ${successes} of ${trials} at ${level}`, () => {
      const interval = wilsonInterval(successes, trials, level)
      close([interval.low, interval.high], [low, high], 1e-12)
    })
  }

  it('refuses no trials and more successes than trials', () => {
    refuses(() => wilsonInterval(0, 0), 'too-little-data', /0 trials/)
    refuses(() => wilsonInterval(3, 2), 'data-malformed', /3 successes in 2/)
  })
})

describe('intervalCoverage', () => {
  it('counts rows at the ends as inside and averages the widths', () => {
    const found = intervalCoverage([1, 2, 3, 4], [1, 0, 4, 2], [2, 2, 6, 3])
    assert.deepEqual(found, { rows: 4, inside: 2, coverage: 0.5, width: 1.5 })
  })
})

describe('brierScore', () => {
  it('agrees with scikit-learn', () => close([brierScore(p, y)], [expected.brier], 1e-14))

  it('refuses a probability outside [0, 1]', () => {
    refuses(() => brierScore([0.5, 1.2], [0, 1]), 'data-malformed', /row 1 holds 1\.2/)
  })
})

describe('auc', () => {
  it('agrees with scikit-learn where scores are tied', () => close([auc(p, y)], [expected.auc], 1e-14))

  it('refuses shares as outcomes, and outcomes of one kind', () => {
    refuses(() => auc([1, 2], [0.5, 1]), 'data-malformed', /row 0 is 0\.5/)
    refuses(() => auc([1, 2], [1, 1]), 'too-little-data', /2 successes and 0 failures/)
  })
})

describe('reliabilityTable', () => {
  it('has the quantile bins of scikit-learn', () => {
    const table = reliabilityTable(p, y, 5)
    close(
      table.map((bin) => bin.predicted),
      expected.predicted,
      1e-12,
    )
    close(
      table.map((bin) => bin.observed),
      expected.observed,
      1e-12,
    )
    assert.equal(
      table.reduce((sum, bin) => sum + bin.rows, 0),
      60,
    )
  })

  it('gives each bin its Wilson interval', () => {
    const [bin] = reliabilityTable([0.3, 0.3, 0.3], [0, 1, 0], 4)
    assert.deepEqual(bin?.interval, wilsonInterval(1, 3))
    assert.equal(reliabilityTable([0.3, 0.3, 0.3], [0, 1, 0], 4).length, 1)
  })

  it('refuses half a bin', () => refuses(() => reliabilityTable(p, y, 0.5), 'data-malformed', /0\.5 bins/))
})
