import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clusteredCorrelation } from '../../../src/metrics/clustered-correlation.ts'
import { dependentDifference } from '../../../src/metrics/dependent-r.ts'
import { equalGroups } from '../../../src/metrics/equal-groups.ts'
import { kendall } from '../../../src/metrics/kendall.ts'
import { pearson, pearsonInterval } from '../../../src/metrics/pearson.ts'
import { pearsonTest } from '../../../src/metrics/pearson-test.ts'
import { ranks } from '../../../src/metrics/ranks.ts'
import { spearman } from '../../../src/metrics/spearman.ts'
import { spearmanInterval } from '../../../src/metrics/spearman-interval.ts'
import ranked from '../../fixtures/metrics/reference.json' with { type: 'json' }
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const { x, y, ...expected } = reference.correlations

describe('pearson', () => {
  it('agrees with SciPy', () => close([pearson(x, y)], [expected.pearson], 1e-12))

  it('has the interval that SciPy gives, at any level', () => {
    for (const [level, ends] of [[0.95, expected.interval95] as const, [0.8, expected.interval80] as const]) {
      const { low, high } = pearsonInterval(pearson(x, y), x.length, level)
      close([low, high], ends, 1e-10)
    }
  })

  it('is exactly ±1 on a line, and its interval stays there', () => {
    assert.equal(pearson([1, 2, 3, 4], [2, 4, 6, 8]), 1)
    assert.deepEqual(pearsonInterval(1, 10), { low: 1, high: 1 })
  })

  it('does not overflow on token counts squared and cubed', () => {
    assert.ok(pearson([1e200, 2e200, 3e200], [1e300, 2e300, 1e300]) === 0)
  })

  it('is undefined for a constant series, whatever the rounding', () => {
    refuses(() => pearson([0.1, 0.1, 0.1], [1, 2, 3]), 'too-little-data', /0\.1/)
    refuses(() => pearson([1], [1]), 'too-little-data', /1 values, at least 2/)
  })

  it('refuses series of different lengths, missing values, and intervals of three pairs', () => {
    refuses(() => pearson([1, 2], [1, 2, 3]), 'data-malformed', /2 and 3/)
    refuses(() => pearson([1, Number.NaN], [1, 2]), 'data-malformed', /row 1 holds NaN/)
    refuses(() => pearsonInterval(0.5, 3), 'too-little-data', /3 pairs/)
    refuses(() => pearsonInterval(1.1, 30), 'data-malformed', /1\.1/)
    refuses(() => pearsonInterval(0.5, 30, 1), 'data-malformed', /level 1/)
  })
})

describe('spearman', () => {
  it('agrees with SciPy where values are tied', () => {
    assert.deepEqual([...ranks(y)], expected.ranks)
    close([spearman(x, y)], [expected.spearman], 1e-12)
  })
})

describe('kendall', () => {
  for (const { x, y, tau, p } of ranked.rank_correlations) {
    it(`agrees with SciPy's asymptotic test on ${x.length} pairs`, () => {
      const found = kendall(x, y)
      close([found.tau, found.p], [tau, p], 1e-10)
    })
  }

  it('is defined for two pairs, and undefined for a constant series', () => {
    close([kendall([1, 2], [5, 3]).tau, kendall([1, 2], [5, 3]).p], [-1, 0.31731050786291415], 1e-12)
    refuses(() => kendall([1, 1, 1], [1, 2, 3]), 'too-little-data', /constant/)
  })
})

describe('tests and intervals of correlations', () => {
  const { x, y, other, codes, ...known } = ranked.correlations

  it("agree with SciPy's p, and with the interval of Bonett and Wright", () => {
    close([pearsonTest(known.r, x.length), pearsonTest(known.rho, x.length)], [known.p, known.rhoP], 1e-12)
    const { low, high } = spearmanInterval(spearman(x, y), x.length)
    close([low, high], [known.rhoLow, known.rhoHigh], 1e-12)
  })

  it('are defined at the ends', () => {
    assert.deepEqual([pearsonTest(0, 9), pearsonTest(1, 9), pearsonTest(-1, 9)], [1, 0, 0])
    assert.deepEqual(spearmanInterval(-1, 9), { low: -1, high: -1 })
  })

  it('refuse what is no correlation, and too few pairs', () => {
    refuses(() => pearsonTest(1.2, 9), 'data-malformed', /1\.2/)
    refuses(() => pearsonTest(0.2, 2), 'too-little-data', /2 pairs/)
    refuses(() => spearmanInterval(-1.2, 9), 'data-malformed', /-1\.2/)
    refuses(() => spearmanInterval(0.2, 3), 'too-little-data', /3 pairs/)
  })

  it('resample the difference of two correlations as Python does', () => {
    const params = { seed: 5, resamples: 300 }
    const found = dependentDifference({ reference: x, other, y, codes }, params)
    close([found.estimate, found.low, found.high], [known.difference, known.low, known.high], 1e-10)
    assert.equal(clusteredCorrelation({ x, y, codes }, params).estimate.toFixed(12), known.r.toFixed(12))
  })

  it('are undefined for a constant series', () => {
    const flat = x.map(() => 0.1)
    refuses(() => clusteredCorrelation({ x: flat, y, codes }, { seed: 1 }), 'too-little-data', /NaN/)
  })
})

describe('equalGroups', () => {
  it('cuts the sorted rows into groups that differ by at most one, ties as they come', () => {
    assert.deepEqual([...equalGroups([5, 1, 5, 5, 2, 5, 0], 3)], [1, 0, 1, 2, 0, 2, 0])
  })

  it('refuses more groups than rows', () => {
    refuses(() => equalGroups([1, 2], 3), 'too-little-data', /3 groups of 2/)
    refuses(() => equalGroups([1, 2], 0.5), 'data-malformed', /0\.5 groups/)
  })
})
