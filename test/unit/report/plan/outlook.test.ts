import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { planOutlook } from '../../../../src/report/plan/outlook.ts'
import { familiesOf, runsIn } from '../../../../src/report/plan/planned.ts'
import { forecastOf, pastOutcomes, pastRuns, planOf } from '../../../fixtures/plan.ts'

const NOTHING = { episodes: pastRuns([]), forecasts: [] }
const assume = { resolutionRate: 0.3, consistency: 0.2, infraErrorRate: 0.1 }

describe('what a plan takes for granted', () => {
  it('comes from runs of the same agent and model first', () => {
    const episodes = pastRuns(pastOutcomes(200, 5))
    const forecasts = [forecastOf('a.md', [1])]
    const [system] = planOutlook(planOf({ assume, tasks: ['a.md'] }), { episodes, forecasts }).systems
    assert.equal(system?.rate.from, '1,000 runs of 200 tasks')
    assert.ok(Math.abs((system?.rate.value ?? 0) - 0.5) < 0.04)
    assert.ok(Math.abs((system?.consistency.value ?? 0) - 0.36) < 0.08, String(system?.consistency.value))
    assert.deepEqual(system?.infra, { value: 0, basis: 'runs', from: '1,000 runs of 200 tasks' })
  })

  it('comes from forecasts next, which tell the rate, but not how far repeats agree', () => {
    const forecasts = [forecastOf('a.md', [1], { resolved: 0.7 }), forecastOf('b.md', [1], { resolved: 0.4 })]
    const plan = planOf({ assume, tasks: ['a.md', 'b.md'] })
    const [system] = planOutlook(plan, { ...NOTHING, forecasts }).systems
    assert.ok(Math.abs((system?.rate.value ?? 0) - 0.55) < 1e-12)
    assert.equal(system?.rate.from, '2 forecasts')
    assert.deepEqual(system?.consistency, { value: 0.2, basis: 'plan', from: 'the plan' })
  })

  it('comes from the plan next, and is a guess at last', () => {
    const [said] = planOutlook(planOf({ assume }), NOTHING).systems
    assert.deepEqual([said?.rate.value, said?.consistency.value, said?.infra?.value], [0.3, 0.2, 0.1])
    const [guessed] = planOutlook(planOf(), NOTHING).systems
    assert.deepEqual([guessed?.rate.value, guessed?.consistency.value, guessed?.infra], [0.5, 0.6, null])
    assert.equal(guessed?.rate.basis, 'guess')
  })

  it('does not come from runs that are few, of few tasks, or whose outcome is not known', () => {
    const few = pastOutcomes(19, 1)
    const ofFewTasks = pastOutcomes(4, 10)
    const untold = pastOutcomes(50, 5, { outcome: null })
    for (const runs of [few, ofFewTasks, untold]) {
      const [system] = planOutlook(planOf({ assume }), { ...NOTHING, episodes: pastRuns(runs) }).systems
      assert.equal(system?.rate.basis, 'plan')
    }
    const [single] = planOutlook(planOf({ assume }), {
      ...NOTHING,
      episodes: pastRuns(pastOutcomes(50, 1)),
    }).systems
    assert.deepEqual([single?.rate.basis, single?.consistency.basis], ['runs', 'plan'])
  })

  it('of arms that differ in their model comes from the tasks that both ran', () => {
    const models = ['gpt-5', 'kimi-k2']
    const runs = models.flatMap((model) => pastOutcomes(200, 5, { model }))
    const told = planOutlook(planOf({ models }), { ...NOTHING, episodes: pastRuns(runs) })
    // The same draws for both: what is hard for one is for the other.
    assert.deepEqual([told.hardest.agreement.value, told.hardest.agreement.basis], [1, 'runs'])
    const guessed = planOutlook(planOf({ models }), NOTHING).hardest.agreement
    assert.deepEqual([guessed.value, guessed.basis], [0.7, 'guess'])
    assert.equal(planOutlook(planOf({ multipliers: [1, 3] }), NOTHING).hardest.agreement.value, 1)
  })
})

describe('what a plan compares', () => {
  it('is every arm with the first, by all else that is the same in them', () => {
    const plan = planOf({ agents: ['a', 'b'], models: ['m', 'n', 'o'], compare: 'models', repeats: 2 })
    assert.deepEqual(
      familiesOf(plan).map(({ name, arms, comparisons }) => [name, arms.length, comparisons]),
      [
        ['a', 3, 2],
        ['b', 3, 2],
      ],
    )
    assert.equal(familiesOf({ ...plan, compare: 'agents' }).length, 3)
    const resources = planOf({ multipliers: [1, 3, 'uncapped'] })
    assert.deepEqual(familiesOf(resources)[0]?.arms, ['1 ×', '3 ×', 'uncapped'])
    assert.equal(runsIn(plan), 2 * 3 * 100 * 2)
    assert.equal(familiesOf(planOf())[0]?.comparisons, 1)
  })

  it('is hardest to tell where most is chance', () => {
    const runs = [
      ...pastOutcomes(200, 5, { agent: 'a' }),
      ...pastOutcomes(200, 5, { agent: 'b', outcome: 'failed' }),
    ]
    const plan = planOf({ agents: ['a', 'b'], multipliers: [1, 3], compare: 'multipliers' })
    const { hardest, families } = planOutlook(plan, { ...NOTHING, episodes: pastRuns(runs) })
    assert.equal(hardest.family.name, 'a · gpt-5')
    assert.equal(families.length, 2)
  })
})
