import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import type { Range } from '../../../../src/forecast/range.ts'
import { readBundle } from '../../../../src/forecast/read-bundle.ts'
import { pearson } from '../../../../src/metrics/pearson.ts'
import { seededRandom } from '../../../../src/regress/random.ts'
import type { PlannedForecast } from '../../../../src/report/plan/knowledge.ts'
import { planOutlook } from '../../../../src/report/plan/outlook.ts'
import { BETWEEN_SYSTEMS, rangeOfSpend, type Spend } from '../../../../src/report/plan/spend.ts'
import { forecastOf, type PastRun, pastRuns, planOf } from '../../../fixtures/plan.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')
const NO_RUNS = pastRuns([])

/** The dollars of the only system of a plan. */
function usdOf(
  more: Readonly<Record<string, unknown>>,
  { runs = [], forecasts = [] }: { runs?: readonly PastRun[]; forecasts?: readonly PlannedForecast[] },
): Spend {
  return planOutlook(planOf(more), { episodes: pastRuns(runs), forecasts }).all.usd
}

const rangeOf = (spend: Spend): Range => rangeOfSpend(spend) as Range

/** Runs of tasks that differ, each repeated; a task has a level, and its runs scatter about it. */
function pastCosts(tasks: number, repeats: number, seed: number): readonly PastRun[] {
  const random = seededRandom(seed)
  return Array.from({ length: tasks }, (_, task) => {
    const level = Math.exp(0.6 * random.normal())
    return Array.from({ length: repeats }, () => ({
      task: `task-${task}`,
      usd: level * Math.exp(0.3 * random.normal()),
    }))
  }).flat()
}

describe('what a plan will cost, by the runs of the past', () => {
  it('is as many times their mean', () => {
    const runs = pastCosts(50, 4, 1)
    const mean = runs.reduce((sum, { usd }) => sum + (usd as number), 0) / runs.length
    const spend = usdOf({ repeats: 3 }, { runs })
    assert.equal(spend.basis, 'runs')
    assert.equal(spend.from, '200 runs of 50 tasks')
    assert.ok(Math.abs(rangeOf(spend).mean / (300 * mean) - 1) < 1e-9)
  })

  it('lies within 8 in 10 about as often as that says', () => {
    let within = 0
    for (let seed = 0; seed < 300; seed++) {
      const { p10, p90 } = rangeOf(
        usdOf({ tasks: { count: 40 }, repeats: 2 }, { runs: pastCosts(60, 3, seed) }),
      )
      const actual = pastCosts(40, 2, 10_000 + seed).reduce((sum, { usd }) => sum + (usd as number), 0)
      if (actual >= p10 && actual <= p90) within++
    }
    assert.ok(Math.abs(within / 300 - 0.8) < 0.06, String(within / 300))
  })

  it('is not told by a few runs, nor by runs without a price, nor by those of another model', () => {
    const few = pastCosts(19, 1, 1)
    const unpriced = pastCosts(50, 4, 1).map((run) => ({ ...run, usd: null }))
    const others = pastCosts(50, 4, 1).map((run) => ({ ...run, model: 'gpt-5 (effort=high)' }))
    for (const runs of [few, unpriced, others]) assert.equal(usdOf({}, { runs }).basis, 'nothing')
  })

  it('takes all spellings of a model and an agent for one', () => {
    const runs = pastCosts(50, 4, 1).map((run) => ({
      ...run,
      agent: 'OpenHands 0.50',
      model: 'litellm_proxy/GPT-5',
    }))
    assert.equal(usdOf({}, { runs }).basis, 'runs')
  })

  it('of models that cost nothing is nothing', () => {
    const runs = pastCosts(50, 4, 1).map((run) => ({ ...run, usd: 0 }))
    assert.deepEqual(usdOf({}, { runs }).outcome, { kind: 'zero' })
  })
})

describe('what a plan will cost, by forecasts', () => {
  const two = { tasks: ['a.md', 'b.md'], repeats: 10 }
  const forecasts = [forecastOf('a.md', [1, 2, 3]), forecastOf('b.md', [2, 2, 5])]

  it('is the sum over the issues, each as often as it is run', () => {
    const spend = usdOf(two, { forecasts })
    assert.equal(spend.basis, 'forecast')
    assert.ok(Math.abs(rangeOf(spend).mean - 10 * (2 + 3)) < 1e-9)
  })

  it('is not known where a price is not known, unless the plan says it; it is never $0', () => {
    const unknown = { kind: 'unknown', reason: 'no price' } as const
    const unpriced = forecasts.map((one) => ({ ...one, outcomes: { ...one.outcomes, usd: unknown } }))
    const { outcome } = usdOf(two, { forecasts: unpriced })
    assert.deepEqual(outcome, { kind: 'unknown', reason: 'openhands · gpt-5: no price' })
    const said = usdOf({ ...two, assume: { usdPerRun: 2 } }, { forecasts: unpriced })
    assert.equal(said.basis, 'plan')
    assert.equal(rangeOf(said).mean, 40)
  })

  it('gives way to what runs of the past tell, and goes before what the plan assumes', () => {
    const assume = { usdPerRun: 100 }
    assert.equal(usdOf({ ...two, assume }, { forecasts }).basis, 'forecast')
    assert.equal(usdOf({ ...two, assume }, { forecasts, runs: pastCosts(50, 4, 1) }).basis, 'runs')
    assert.equal(usdOf({ ...two, assume }, {}).basis, 'plan')
  })
})

describe('what several systems cost together', () => {
  const levels = Array.from({ length: 401 }, (_, i) => 1 + i / 100)
  const models = ['gpt-5', 'kimi-k2']
  const forecasts = models.map((model) => forecastOf('a.md', levels, { model }))
  const all = planOutlook(planOf({ tasks: ['a.md'], models }), { episodes: NO_RUNS, forecasts }).all.usd

  it('has a range narrower than if all missed together, and wider than if each missed by itself', () => {
    const width = ({ p10, p90 }: Range) => p90 - p10
    const together =
      2 * width(rangeOf({ ...all, outcome: { kind: 'known', sorted: Float64Array.from(levels) } }))
    const own = width(rangeOf(all)) / together
    assert.ok(own < 0.97 && own > 0.75, String(own))
  })

  it('misses together as much as models do on the tasks of the shipped bundle', async () => {
    const { residuals } = await readBundle(resolve(ROOT, 'models'), null)
    for (const pairs of Object.values(residuals)) {
      const errors = pairs.map(({ plain }) => plain.total)
      const rs = errors.flatMap((a, i) => errors.slice(i + 1).map((b) => pearson(a, b)))
      const mean = rs.reduce((sum, r) => sum + r, 0) / rs.length
      assert.ok(Math.abs(mean - BETWEEN_SYSTEMS) < 0.1, String(mean))
    }
  })

  it('is not known where one is not, and says which', () => {
    const [first, second] = forecasts as [PlannedForecast, PlannedForecast]
    const unknown = { kind: 'unknown', reason: 'no price' } as const
    const one = { ...second, outcomes: { ...second.outcomes, usd: unknown } }
    const { usd } = planOutlook(planOf({ tasks: ['a.md'], models }), {
      episodes: NO_RUNS,
      forecasts: [first, one],
    }).all
    assert.deepEqual(usd.outcome, { kind: 'unknown', reason: 'openhands · kimi-k2: no price' })
    assert.equal(usd.basis, 'forecast')
  })
})
