import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clusterTest } from '../../../../src/metrics/cluster-test.ts'
import { trendScores } from '../../../../src/metrics/score-contributions.ts'
import { seededRandom } from '../../../../src/regress/random.ts'
import { detectableRate, highestUnseen } from '../../../../src/report/plan/infra-rates.ts'

describe('rates of infra errors', () => {
  it('above three in as many runs as there are show themselves in 95 of 100 arms', () => {
    assert.equal(highestUnseen(300), 0.01)
    const unseen = (1 - highestUnseen(300)) ** 300
    assert.ok(unseen > 0.04 && unseen <= 0.05, String(unseen))
    assert.equal(highestUnseen(2), 1)
  })

  it('are told apart where statsmodels finds a power of .8 (power_proportions_2indep, 500 runs an arm)', () => {
    const sizes = { runs: 500, comparisons: 1 }
    const near = (rate: number | null, expected: number) => assert.ok(Math.abs((rate ?? 0) - expected) < 1e-5)
    near(detectableRate(0.06, sizes, 'fewer'), 0.024416)
    near(detectableRate(0.01, sizes, 'more'), 0.036736)
  })

  it('are told apart from none at all, and not from all', () => {
    const sizes = { runs: 300, comparisons: 1 }
    assert.ok((detectableRate(0, sizes, 'more') as number) > highestUnseen(300))
    assert.equal(detectableRate(0, sizes, 'fewer'), null)
    assert.equal(detectableRate(0.01, sizes, 'fewer'), null)
    assert.ok((detectableRate(1, sizes, 'fewer') as number) < 1)
  })

  it('are found in 8 of 10 tries by the test of the noise report, where runs fail one by one', () => {
    const [tasks, repeats, rate] = [100, 5, 0.06]
    const runs = tasks * repeats
    const other = detectableRate(rate, { runs, comparisons: 1 }, 'fewer') as number
    const random = seededRandom(3)
    const codes = Int32Array.from({ length: 2 * runs }, (_, i) => Math.floor((i % runs) / repeats))
    const arms = codes.map((_, i) => (i < runs ? 0 : 1))
    let found = 0
    for (let i = 0; i < 1000; i++) {
      const outcomes = Float64Array.from(arms, (arm) =>
        random.uniform() < (arm === 0 ? rate : other) ? 1 : 0,
      )
      if (clusterTest(trendScores({ outcomes, codes }, arms), { seed: 1, draws: 499 }).midP < 0.05) found++
    }
    assert.ok(Math.abs(found / 1000 - 0.8) < 0.04, String(found / 1000))
  })
})
