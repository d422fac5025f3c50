import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clusterTest } from '../../../../src/metrics/cluster-test.ts'
import { clusteredDifference } from '../../../../src/metrics/clustered-difference.ts'
import { trendScores } from '../../../../src/metrics/score-contributions.ts'
import { tost } from '../../../../src/metrics/tost.ts'
import { seededRandom } from '../../../../src/regress/random.ts'
import {
  type Design,
  detectableDifference,
  equalityMargin,
  equalityPower,
  leastTasks,
  repeatsToDetect,
  shareBetweenTasks,
  standardErrorOf,
  tasksToDetect,
} from '../../../../src/report/plan/design.ts'
import { drawnArms } from '../../../fixtures/two-arms.ts'

const PLAN: Design = { tasks: 60, repeats: 5, rate: 0.5, consistency: 0.6, agreement: 1, comparisons: 1 }

/** In 1000 tries, how often a test finds what is there. */
function tries(
  design: Design,
  effect: number,
  isFound: (arms: ReturnType<typeof drawnArms>) => boolean,
): number {
  const random = seededRandom(11)
  let found = 0
  for (let i = 0; i < 1000; i++) if (isFound(drawnArms(design, effect, random))) found++
  return found / 1000
}

/** As the noise report tests two arms. */
const isSeen =
  ({ comparisons }: Design) =>
  ({ values, arms, codes }: ReturnType<typeof drawnArms>): boolean =>
    clusterTest(trendScores({ outcomes: values, codes }, arms), { seed: 1, draws: 999 }).midP <
    0.05 / comparisons

describe('the difference that a plan shows', () => {
  const plans: Readonly<Record<string, Partial<Design>>> = {
    'of arms that agree on what is hard': {},
    'of arms that agree in part': { agreement: 0.7 },
    'of single runs': { tasks: 100, repeats: 1 },
    'of arms with another rate, two comparisons at once': { rate: 0.7, consistency: 0.4, comparisons: 2 },
    'of a dozen tasks, run often': { tasks: 12, repeats: 10 },
  }
  for (const [what, more] of Object.entries(plans)) {
    it(`is found in 8 of 10 tries by the test of the noise report: ${what}`, () => {
      const design = { ...PLAN, ...more }
      const effect = detectableDifference(design)
      assert.ok(effect !== null)
      const power = tries(design, effect, isSeen(design))
      assert.ok(Math.abs(power - 0.8) < 0.03, `power ${power} at ${effect}`)
    })
  }

  it('is what Bloom’s multiple of the standard error makes of it', () => {
    // SE = sqrt(0.4 · (0.25 + p(1 − p)) / 300) and what the arms differ by; SciPy: t.ppf(.975, 59) + t.ppf(.8, 59) = 2.848751
    const effect = detectableDifference(PLAN) as number
    const other = 0.5 + effect
    const gap = Math.sqrt(0.25) - Math.sqrt(other * (1 - other))
    const variance = (0.6 * gap ** 2 + (0.4 * (0.25 + other * (1 - other))) / 5) / 60
    assert.ok(Math.abs(effect / Math.sqrt(variance) - 2.848751) < 1e-6)
    assert.ok(Math.abs(standardErrorOf(PLAN, 0) - Math.sqrt((0.4 * 0.5) / 300)) < 1e-12)
  })

  it('is none of too few tasks, however often they are run', () => {
    assert.equal(leastTasks(PLAN), 6)
    assert.equal(leastTasks({ comparisons: 3 }), 7)
    assert.equal(detectableDifference({ ...PLAN, tasks: 5, repeats: 10_000 }), null)
    assert.notEqual(detectableDifference({ ...PLAN, tasks: 6, repeats: 20 }), null)
    // All six the same way: 2 of 2⁶ arrangements are as extreme, which is below 5 %; of five, 2 of 2⁵ are not.
    assert.ok(2 / 2 ** 6 < 0.05 && 2 / 2 ** 5 > 0.05)
  })

  it('is none where chance is as large as the largest difference there can be', () => {
    assert.equal(detectableDifference({ ...PLAN, tasks: 6, repeats: 1, consistency: 0, agreement: 0 }), null)
  })
})

describe('what it takes to show a difference', () => {
  it('is the fewest tasks with which it is detectable', () => {
    for (const effect of [0.03, 0.05, 0.1]) {
      const tasks = tasksToDetect(PLAN, effect)
      assert.ok((detectableDifference({ ...PLAN, tasks }) as number) <= effect)
      assert.ok((detectableDifference({ ...PLAN, tasks: tasks - 1 }) as number) > effect)
    }
  })

  it('is the fewest repeats with which it is detectable, or no number of them', () => {
    const partly = { ...PLAN, agreement: 0.9 }
    const repeats = repeatsToDetect(partly, 0.1) as number
    assert.ok((detectableDifference({ ...partly, repeats }) as number) <= 0.1)
    assert.ok((detectableDifference({ ...partly, repeats: repeats - 1 }) as number) > 0.1)
    assert.equal(repeatsToDetect(partly, 0.05), null)
    assert.ok((detectableDifference({ ...partly, repeats: 1e6 }) as number) > 0.05)
    assert.equal(repeatsToDetect({ ...PLAN, tasks: 5 }, 0.1), null)
  })

  it('does not matter, tasks or repeats, where the arms agree on what is hard; else tasks do', () => {
    assert.equal(shareBetweenTasks(PLAN), 0)
    // 2 · 0.25 · 0.6 · 0.3 of the tasks beside 2 · 0.25 · 0.4 / 5 of chance.
    const partly = { ...PLAN, agreement: 0.7 }
    assert.ok(Math.abs(shareBetweenTasks(partly) - 0.09 / (0.09 + 0.04)) < 1e-12)
    const doubled = (more: Partial<Design>) => detectableDifference({ ...partly, ...more }) as number
    assert.ok(doubled({ tasks: 120 }) < 0.8 * doubled({ repeats: 10 }))
  })
})

describe('showing that arms are equal', () => {
  const big = { ...PLAN, tasks: 400, comparisons: 2 }

  it('succeeds as often as is said', () => {
    const said = equalityPower(big, 0.03)
    const found = tries(big, 0, (arms) => tost(clusteredDifference(arms), 0.03).p < 0.05 / 2)
    assert.ok(said > 0.5 && said < 0.99, String(said))
    assert.ok(Math.abs(found - said) < 0.04, `${found} found, ${said} said`)
  })

  it('succeeds in 8 of 10 tries within the margin that is told', () => {
    const margin = equalityMargin(big) as number
    assert.ok(Math.abs(equalityPower(big, margin) - 0.8) < 1e-9)
    assert.equal(equalityMargin({ ...PLAN, tasks: 3 }), null)
    assert.equal(equalityPower({ ...PLAN, tasks: 3 }, 0.5), 0)
  })
})
