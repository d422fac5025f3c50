import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Bundle, formatBundle, parseBundle } from '../../src/forecast/bundle.ts'
import type { OwnHistory } from '../../src/learn/own/history.ts'
import { firstRuns } from '../../src/learn/own/hold-forward.ts'
import { HALF_LIFE_DAYS, learnOwn } from '../../src/learn/own/learn-own.ts'
import { type ScoredRun, scoreRuns } from '../../src/learn/own/score-runs.ts'
import { ownHistory, withRuns } from '../fixtures/own-history.ts'
import { syntheticBundle } from '../fixtures/synthetic-bundle.ts'

const root = await syntheticBundle()
const learn = (history: OwnHistory, seed = 1): Bundle =>
  learnOwn(root, history, { id: 'own', seed, halfLifeDays: HALF_LIFE_DAYS })

const after = (history: OwnHistory, count: number): readonly number[] =>
  Array.from({ length: history.runs.length - count }, (_, k) => count + k)
const missOf = (scored: readonly ScoredRun[]): number =>
  scored.reduce((sum, { by }) => sum + Math.abs(by.total.actual - by.total.p50), 0) / scored.length
const level = (bundle: Bundle, agent: string): number =>
  bundle.heads.repository.quantities.total.series[bundle.pairs.findIndex((pair) => pair.agent === agent)]
    ?.offset ?? Number.NaN

/** Mean distance of the runs after the first `count`, by the bundle alone, by the mean of the first, and learnt. */
function distances(world: Parameters<typeof ownHistory>[0], count: number) {
  const history = ownHistory(world)
  const places = after(history, count)
  const known = history.runs.slice(0, count).map(({ total }) => total)
  const mean = known.reduce((sum, total) => sum + total, 0) / known.length
  const byMean = places.reduce((sum, i) => sum + Math.abs((history.runs[i]?.total ?? 0) - mean), 0)
  return {
    alone: missOf(scoreRuns(root, history, places)),
    mean: byMean / places.length,
    learnt: missOf(scoreRuns(learn(firstRuns(history, count)), history, places)),
  }
}

describe('learning from own runs', () => {
  it('changes no forecast where there is no run', () => {
    const history = ownHistory({ seed: 1, runs: 30 })
    const places = after(history, 0)
    assert.deepEqual(
      scoreRuns(learn(firstRuns(history, 0)), history, places),
      scoreRuns(root, history, places),
    )
  })

  it('is as good as the bundle alone and as the own mean alone, after 5, 20 and 100 runs of a new pair', () => {
    for (const count of [5, 20, 100]) {
      const seeds = [1, 2, 3, 4].map((seed) => distances({ seed, runs: count + 40, tasks: 200 }, count))
      const mean = (of: (each: (typeof seeds)[number]) => number) =>
        seeds.reduce((sum, each) => sum + of(each), 0) / seeds.length
      const [alone, ownMean, learnt] = [mean((d) => d.alone), mean((d) => d.mean), mean((d) => d.learnt)]
      assert.ok(learnt <= alone && learnt <= 1.02 * ownMean, `${count}: ${learnt} of ${alone}, ${ownMean}`)
    }
  })

  it('goes on to the own mean where nothing that is known of a task tells what it takes', () => {
    const { learnt, mean } = distances({ seed: 3, runs: 160, tasks: 300, knowable: 0, noise: 1 }, 120)
    assert.ok(learnt < 1.05 * mean, `${learnt}, mean ${mean}`)
  })

  it('covers what it says after a few runs of each of many new pairs, which stray further than any known', () => {
    const pairs = [-0.9, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 0.9].map((level, i) => ({
      ...{ agent: `agent-${'abcdefgh'[i]}`, model: 'gpt-5', level },
    }))
    const covered = [1, 2, 3].flatMap((seed) => {
      const history = ownHistory({ seed, runs: 180, tasks: 180, pairs, noise: 1.5 })
      const scored = scoreRuns(learn(firstRuns(history, 60)), history, after(history, 60))
      return scored.map(({ by }) => Number(by.total.covered))
    })
    const share = covered.reduce((sum, one) => sum + one, 0) / covered.length
    assert.ok(share > 0.74 && share < 0.88, `${share}`)
  })

  it('lets a pair that was trained on move as far as its runs carry', () => {
    const pairs = [{ agent: 'openhands', model: 'gpt-5', level: 0.4 }]
    const before = level(root, 'openhands')
    const few = level(learn(ownHistory({ seed: 1, runs: 3, pairs })), 'openhands') - before
    const many = level(learn(ownHistory({ seed: 1, runs: 120, tasks: 120, pairs })), 'openhands') - before
    assert.ok(few > 0.2 && few < 0.5, `${few}`)
    assert.ok(Math.abs(many - 0.4) < 0.1, `${many}`)
  })

  it('knows a task again that was run before, by the pair that ran it best', () => {
    const world = { seed: 2, runs: 150, tasks: 30, noise: 0.05, knowable: 0.1 }
    const history = ownHistory(world)
    // What a task takes beyond its features: the same each time it is run.
    const own = withRuns(history, (run) => ({ ...run, total: run.total + 0.3 * Math.sin(run.task * 7) }))
    const places = after(own, 120)
    const learnt = learn(firstRuns(own, 120))
    const { learnt: memory, ...rest } = learnt
    assert.ok(memory !== undefined && Object.keys(memory.tasks.repository).length === 30)
    assert.ok(missOf(scoreRuns(learnt, own, places)) < 0.5 * missOf(scoreRuns(rest, own, places)))
  })

  it('forecasts another model under an agent that was seen to be dear as dearer than without', () => {
    const pairs = [{ agent: 'dear-agent', model: 'gpt-5', level: 0.8 }]
    const learnt = learn(ownHistory({ seed: 1, runs: 60, pairs }))
    const other = ownHistory({
      ...{ seed: 1, runs: 20 },
      pairs: [{ agent: 'dear-agent', model: 'claude-sonnet-4', level: 0.8 }],
    })
    const p50 = (bundle: Bundle) =>
      scoreRuns(bundle, other, after(other, 0)).reduce((sum, { by }) => sum + by.total.p50, 0) / 20
    assert.ok(p50(learnt) > p50(root) + 0.1, `${p50(learnt)}, ${p50(root)}`)
  })

  it('does not take runs that were cut short for small ones', () => {
    const whole = ownHistory({ seed: 5, runs: 80, tasks: 80 })
    const limit = 5.6 + 0.5
    const cut = withRuns(whole, (run) =>
      run.total > limit ? { ...run, total: limit, telling: 'at-least' } : run,
    )
    const asSmall = withRuns(cut, (run) => ({ ...run, telling: 'whole' }))
    const of = (history: OwnHistory) => level(learn(history), 'my-agent')
    const [truth, censored, small] = [of(whole), of(cut), of(asSmall)]
    assert.ok(Math.abs(censored - truth) < 0.5 * Math.abs(small - truth), `${truth} ${censored} ${small}`)
  })

  it('gives the same bytes for the same runs and seed, and they are a bundle', () => {
    const text = formatBundle(learn(ownHistory({ seed: 7, runs: 40 })))
    assert.equal(formatBundle(learn(ownHistory({ seed: 7, runs: 40 }))), text)
    assert.equal(parseBundle(text, 'the bundle').learnt?.runs, 40)
  })
})
