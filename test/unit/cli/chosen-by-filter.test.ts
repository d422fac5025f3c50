import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chosenEstimates, chosenMeans } from '../../../src/cli/chosen-by-filter.ts'
import type { TaskMean } from '../../../src/learn/corpus-means.ts'
import { keepEstimates, matchedEstimates } from '../../../src/store/keep-estimates.ts'
import { ALL_RUNS, type RunFilter } from '../../../src/store/read-runs.ts'
import { madeEstimate, priceAt } from '../../fixtures/estimates.ts'
import { AT_MS, importRuns, madeRun, newStore } from '../../fixtures/runs.ts'

const only = (more: Partial<RunFilter>): RunFilter => ({ ...ALL_RUNS, ...more })

describe('means of runs that a filter chooses', () => {
  const MEANS = [
    ['swe', 't-1', 'openhands', 'gpt-5'],
    ['swe', 't-2', 'openhands', 'gpt-5.2'],
    ['tb', 't-1', 'goose', 'gpt-5'],
  ].map(([benchmark, task, agent, model]) => ({ benchmark, task, agent, model }) as TaskMean)
  const chosen = (more: Partial<RunFilter>) => {
    const store = newStore()
    const found = chosenMeans(store, only(more), MEANS).map((mean) => MEANS.indexOf(mean))
    store.close()
    return found
  }

  it('match by benchmark, task, agent and model, patterns as in the store', () => {
    assert.deepEqual(chosen({}), [0, 1, 2])
    assert.deepEqual(chosen({ model: 'gpt-5' }), [0, 2])
    assert.deepEqual(chosen({ model: 'gpt-5*' }), [0, 1, 2])
    assert.deepEqual(chosen({ model: 'gpt-5?2', agent: 'open[a-i]ands' }), [1])
    assert.deepEqual(chosen({ benchmark: 'SWE' }), [])
    assert.deepEqual(chosen({ task: 't-1', superseded: true }), [0, 2])
  })

  it('are none where it asks for what means do not tell', () => {
    const asked: readonly Partial<RunFilter>[] = [
      { repository: '*' },
      { format: '*' },
      { outcome: 'resolved' },
      { from: '2026-01-01T00:00:00.000Z' },
      { before: '2030-01-01T00:00:00.000Z' },
    ]
    for (const more of asked) assert.deepEqual(chosen(more), [], JSON.stringify(more))
  })
})

describe('kept forecasts that a filter chooses', () => {
  it('are those whose run it chooses; without a filter also those that wait', async () => {
    const store = newStore()
    const models = ['gpt-5', 'kimi-k2', 'gpt-5']
    for (const [i, model] of models.entries()) {
      const task = { id: `t-${i}`, repository: 'example/tables', commit: null, data: 'd' }
      const forecast = madeEstimate({ agent: 'my-agent', model, total: 1e6, output: 1e4 }, priceAt(1, 10))
      keepEstimates(store, task, { forecasts: [forecast], atMs: AT_MS })
    }
    const startedAt = new Date(AT_MS + 1000).toISOString()
    const run = (i: number) =>
      madeRun(`r-${i}`, [], {
        task: { id: `t-${i}`, benchmark: null, repository: 'example/tables' },
        model: models[i] ?? null,
        startedAt,
      })
    await importRuns(store, [run(0), run(1)])
    const tasks = (more: Partial<RunFilter>) =>
      chosenEstimates(store, only(more), [...matchedEstimates(store)]).map(({ task }) => task)
    assert.deepEqual(tasks({}), ['t-0', 't-1', 't-2'])
    assert.deepEqual(tasks({ superseded: true }), ['t-0', 't-1', 't-2'])
    assert.deepEqual(tasks({ model: 'gpt-5' }), ['t-0'])
    assert.deepEqual(tasks({ before: startedAt }), [])
    assert.deepEqual(tasks({ from: startedAt }), ['t-0', 't-1'])
    store.close()
  })
})
