import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clustersOf } from '../../../src/metrics/cluster-codes.ts'
import { clusteredDifference } from '../../../src/metrics/clustered-difference.ts'
import { clusteredMean } from '../../../src/metrics/clustered-mean.ts'
import { clusteredProportion } from '../../../src/metrics/clustered-proportion.ts'
import { clusteredRatio } from '../../../src/metrics/clustered-ratio.ts'
import { tTwoSided } from '../../../src/metrics/student-t.ts'
import { wilsonInterval } from '../../../src/metrics/wilson.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

interface Found {
  readonly estimate: number
  readonly standardError: number
  readonly low: number
  readonly high: number
}

const numbers = ({ estimate, standardError, low, high }: Found): number[] => [
  estimate,
  standardError,
  low,
  high,
]

describe('clusteredMean', () => {
  const { values, codes, ...expected } = reference.clustered_mean

  it("agrees with statsmodels' OLS on a constant with cov_type='cluster'", () => {
    const found = clusteredMean(values, codes, 0.9)
    close(numbers(found), numbers(expected), 1e-10)
    assert.deepEqual([found.n, found.clusters, found.df], [values.length, 12, 11])
  })

  it('refuses one cluster, other codes than whole numbers, and a level of 95', () => {
    refuses(() => clusteredMean([1, 2], [3, 3]), 'too-little-data', /1 clusters/)
    refuses(() => clusteredMean([1, 2], [0, 0.5]), 'data-malformed', /row 1 is 0\.5/)
    refuses(() => clusteredMean([1, 2], [0, -1]), 'data-malformed', /row 1 is -1/)
    refuses(() => clusteredMean([1, 2], [0, 2 ** 24]), 'data-malformed', /row 1 is 16777216/)
    refuses(() => clusteredMean([1, Number.NaN], [0, 1]), 'data-malformed', /row 1 holds NaN/)
    refuses(() => clusteredMean([1, 2], [0, 1], 95), 'data-malformed', /level 95/)
    refuses(() => clusteredMean([], []), 'too-little-data', /0 values/)
  })
})

describe('clusteredProportion', () => {
  const { values, codes, ...expected } = reference.clustered_proportion

  it("is statsmodels' Wilson interval on the effective number of tries", () => {
    close(numbers(clusteredProportion(values, codes, 0.9)), numbers(expected), 1e-10)
  })

  it('counts clusters for tries where all runs succeed', () => {
    const found = clusteredProportion([1, 1, 1, 1, 1, 1], [0, 0, 1, 1, 2, 2])
    // 1.96 / 4.30, squared: a t with two degrees of freedom is that much wider.
    close([found.effectiveTrials, found.high], [3 * (1.959963984540054 / 4.302652729696142) ** 2, 1], 1e-9)
    assert.equal(found.low, wilsonInterval(found.effectiveTrials, found.effectiveTrials).low)
  })

  it('never counts more tries than there are rows', () => {
    assert.ok(clusteredProportion([1, 0, 1, 0], [0, 0, 1, 1]).effectiveTrials < 4)
  })

  it('refuses shares', () => {
    refuses(() => clusteredProportion([1, 0.5], [0, 1]), 'data-malformed', /row 1 is 0\.5/)
  })
})

describe('clusteredRatio', () => {
  const { numerators, denominators, codes, ...expected } = reference.clustered_ratio

  it("agrees with statsmodels' weighted slope through the origin", () => {
    close(numbers(clusteredRatio({ numerators, denominators, codes })), numbers(expected), 1e-10)
  })

  it('refuses a ratio to nothing', () => {
    const rows = { numerators: [1, 2], denominators: [0, 0], codes: [0, 1] }
    refuses(() => clusteredRatio(rows), 'too-little-data', /total of 0/)
  })
})

describe('clusteredDifference', () => {
  for (const name of ['shared', 'own'] as const) {
    it(`agrees with the matrices of Bell and McCaffrey where the arms have ${name} clusters`, () => {
      const { df, clusters, ...expected } = reference.clustered_difference[name]
      const found = clusteredDifference(expected)
      close(numbers(found), numbers(expected), 1e-9)
      close([found.df, found.clusters], [df, clusters], 1e-9)
    })
  }

  it("is SciPy's paired t analysis where every task has one run in each arm", () => {
    const { p, ...expected } = reference.clustered_difference.paired
    const found = clusteredDifference(expected)
    close(numbers(found), numbers(expected), 1e-10)
    close([tTwoSided(found.estimate / found.standardError, found.df)], [p], 1e-10)
  })

  it("has the standard error of SciPy's Welch t where every arm has its own clusters, all alike", () => {
    const { estimate, standardError, ...rows } = reference.clustered_difference.welch
    const found = clusteredDifference(rows)
    close([found.estimate, found.standardError], [estimate, standardError], 1e-10)
    assert.ok(found.df < 12)
  })

  it('names the clusters and what each contributes', () => {
    const found = clusteredDifference({
      values: [1, 4, 3, 9],
      arms: [0, 1, 0, 1],
      codes: [7, 7, 2, 2],
    })
    assert.deepEqual([...found.clusterCodes], [2, 7])
    assert.deepEqual([...found.contributions], [0.75, -0.75])
    assert.deepEqual(found.means, [2, 6.5])
  })

  it('refuses a third arm and an arm of a single cluster', () => {
    const rows = { values: [1, 2, 3, 4], codes: [0, 1, 2, 3] }
    refuses(() => clusteredDifference({ ...rows, arms: [0, 1, 2, 0] }), 'data-malformed', /row 2 is 2/)
    refuses(
      () => clusteredDifference({ ...rows, arms: [0, 1, 0, 0] }),
      'too-little-data',
      /arm 1 has 1 clusters/,
    )
  })
})

describe('clustersOf', () => {
  it('numbers the codes that occur, ascending', () => {
    const { count, of, codes } = clustersOf([9, 4, 9, 0])
    assert.deepEqual([count, [...of], [...codes]], [3, [2, 1, 2, 0], [0, 4, 9]])
  })
})
