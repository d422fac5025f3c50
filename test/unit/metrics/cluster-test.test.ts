import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clusterTest } from '../../../src/metrics/cluster-test.ts'
import { groupScores, trendScores } from '../../../src/metrics/score-contributions.ts'
import { signFlip } from '../../../src/metrics/sign-flip.ts'
import reference from '../../fixtures/metrics/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const expected = reference.cluster_tests
const { rows } = expected

/** Tasks with one run in each arm. */
const paired = (differences: readonly number[]) => {
  const codes = differences.flatMap((_, task) => [task, task])
  const outcomes = differences.flatMap((difference) => [0, difference])
  return trendScores(
    { outcomes, codes },
    codes.map((_, i) => i % 2),
  )
}

describe('trendScores inside clusters', () => {
  it('has the score contributions of a regression on the dummies of clusters', () => {
    const scores = trendScores({ outcomes: rows.outcomes, codes: rows.codes }, rows.dose)
    assert.ok(scores.comparison === 'within')
    close(scores.contributions[0] ?? [], expected.plain.contributions, 1e-10)
    close(scores.information, [expected.plain.information], 1e-10)
  })

  it('has those of a regression on the dummies of strata too', () => {
    const scores = trendScores(rows, rows.dose)
    assert.ok(scores.comparison === 'within')
    close(scores.contributions[0] ?? [], expected.strata.contributions, 1e-9)
    close(scores.information, [expected.strata.information], 1e-9)
  })

  it('compares across clusters when the covariate hardly varies inside them', () => {
    const codes = [0, 0, 1, 1, 2, 2]
    const outcomes = [1, 0, 1, 1, 0, 0]
    assert.equal(trendScores({ outcomes, codes }, [1, 1, 2, 2, 5, 5]).comparison, 'between')
    assert.equal(trendScores({ outcomes, codes }, [1, 2, 2, 2, 5, 5]).comparison, 'between')
    assert.equal(trendScores({ outcomes, codes }, [1, 2, 2, 1, 5, 5]).comparison, 'within')
    assert.equal(
      trendScores({ outcomes, codes, comparison: 'between' }, [1, 2, 2, 1, 5, 5]).comparison,
      'between',
    )
  })
})

describe('clusterTest', () => {
  it("is SciPy's exact paired permutation test where every task has one run in each arm", () => {
    for (const { differences, p } of [expected.binary, expected.real]) {
      const found = clusterTest(paired(differences), { seed: 1 })
      close([found.p], [p], 1e-12)
      assert.equal(found.exact, true)
      assert.equal(found.clusters, differences.filter((each) => each !== 0).length)
    }
  })

  it('draws arrangements at random where there are too many, near the exact p', () => {
    const differences = Array.from({ length: 15 }, (_, task) => ((task * 7) % 11) - 3.6)
    const exact = clusterTest(paired(differences), { seed: 1 })
    const doubled = clusterTest(paired([...differences, 1e-9, -1e-9]), { seed: 1 })
    assert.deepEqual([exact.exact, exact.draws, doubled.exact, doubled.draws], [true, 2 ** 14, false, 10_000])
    assert.ok(Math.abs(exact.p - doubled.p) < 0.015)
  })

  it("is near SciPy's exact permutation test where every cluster is in one arm", () => {
    const { reference: from, other, p } = expected.between
    const outcomes = [...from, ...other].flatMap((value) => [value, value])
    const codes = outcomes.map((_, i) => i >> 1)
    const arms = codes.map((code) => (code < from.length ? 0 : 1))
    const found = clusterTest(trendScores({ outcomes, codes }, arms), { seed: 1 })
    assert.deepEqual([found.comparison, found.clusters, found.rows], ['between', 12, 24])
    assert.ok(Math.abs(found.p - p) < 0.012, `${found.p} for ${p}`)
  })

  it('lets clusters change places inside their stratum only, when each lies in one', () => {
    // All that differs lies between the strata, so nothing is left to tell.
    const rows = { outcomes: [0, 1, 0, 1, 4, 5, 4, 5], codes: [0, 0, 1, 1, 2, 2, 3, 3] }
    const arms = [0, 0, 1, 1, 0, 0, 1, 1]
    const strata = [0, 0, 0, 0, 1, 1, 1, 1]
    refuses(
      () => clusterTest(trendScores({ ...rows, strata }, arms), { seed: 1 }),
      'too-little-data',
      /4 clusters/,
    )
    const found = clusterTest(trendScores({ ...rows, outcomes: [0, 1, 2, 3, 4, 5, 6, 7], strata }, arms), {
      seed: 1,
    })
    assert.ok(found.p > 0.47 && found.p < 0.53)
  })

  it('gives two groups the p of two arms', () => {
    const { outcomes, codes, dose } = rows
    const labels = dose.map((each) => each % 2)
    const scores = [trendScores({ outcomes, codes }, labels), groupScores({ outcomes, codes }, labels)]
    const [arms, groups] = scores.map((each) => clusterTest(each, { seed: 4, draws: 500 }))
    assert.deepEqual(arms, groups)
  })

  it('refuses outcomes or covariates that do not vary, and two clusters too few', () => {
    const codes = [0, 0, 1, 1]
    refuses(
      () => trendScores({ outcomes: [1, 1, 1, 1], codes }, [0, 1, 0, 1]),
      'too-little-data',
      /outcome of all 4/,
    )
    refuses(
      () => trendScores({ outcomes: [1, 0, 1, 1], codes }, [2, 2, 2, 2]),
      'too-little-data',
      /covariate of all 4/,
    )
    const once = trendScores({ outcomes: [0.1, 0.1, 0.1, 0.3], codes }, [0, 1, 0, 1])
    refuses(() => clusterTest(once, { seed: 1 }), 'too-little-data', /1 clusters/)
    const balanced = { outcomes: [1, 0, 1, 1], codes, comparison: 'between' } as const
    refuses(
      () => clusterTest(trendScores(balanced, [0, 1, 1, 0]), { seed: 1 }),
      'too-little-data',
      /compared/,
    )
  })
})

describe('signFlip', () => {
  it('takes contributions of any score, such as one that a regression gives', () => {
    const contributions = [Float64Array.of(1, 2, 0, 3), Float64Array.of(-1, 1, 0, 2)]
    const found = signFlip({ contributions, information: Float64Array.of(1, 0), rows: 9 }, { seed: 1 })
    assert.deepEqual([found.p, found.midP, found.clusters], [1 / 4, 1 / 8, 3])
  })
})
