import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { taskFeatures } from '../../../src/features/feature-code.ts'
import { extractFeatures } from '../../../src/features/features.ts'
import { MOST_RUNS, readHistory } from '../../../src/learn/own/read-history.ts'
import { keepEstimates } from '../../../src/store/keep-estimates.ts'
import type { Run } from '../../../src/trajectory/run.ts'
import { importRuns, madeCall, madeRun, newStore } from '../../fixtures/runs.ts'

const TASK = { id: 'lost-rows', benchmark: null, repository: 'example/tables' }
const issue = { title: 'Rows are lost', body: 'See src/table.py' }

/** A run of one call; of its own key and content. */
function run(key: string, more: Partial<Run> = {}): Run {
  const place = Number(key.replace(/\D/g, ''))
  const at = new Date(Date.UTC(2026, 0, 1, place)).toISOString()
  return {
    ...madeRun(key, [madeCall(place, { id: key })], { task: TASK, startedAt: at }),
    usage: {
      ...madeRun(key).usage,
      input: 1000 + place,
      cacheRead: 3000,
      cacheWrite5m: 500,
      cacheWrite1h: null,
      output: 500,
    },
    ...more,
  }
}

async function historyOf(runs: readonly Run[], options: Partial<Parameters<typeof readHistory>[1]> = {}) {
  const store = newStore()
  try {
    await importRuns(store, runs)
    keepEstimates(
      store,
      { ...TASK, commit: null, data: 'd', features: taskFeatures(extractFeatures(issue, null)) },
      { forecasts: [], atMs: Date.UTC(2026, 0, 1) },
    )
    return readHistory(store, { mostRuns: MOST_RUNS, tables: new Map(), ...options })
  } finally {
    store.close()
  }
}

describe('the history of a store', () => {
  it('has each run in the order they began, its tokens of all classes, and its task as it was forecast', async () => {
    const { history, leftOut, cut } = await historyOf([run('r2'), run('r1')])
    assert.deepEqual([cut, Object.values(leftOut)], [false, [0, 0, 0, 0]])
    assert.deepEqual(
      history.runs.map(({ total, output, task, pair }) => [
        Math.round(10 ** total),
        Math.round(10 ** output),
        task,
        pair,
      ]),
      [
        [5001, 500, 0, 0],
        [5002, 500, 0, 0],
      ],
    )
    assert.equal(history.tasks[0]?.fingerprint, extractFeatures(issue, null).fingerprint)
    assert.deepEqual(history.tasks[0]?.features()?.bags.title, extractFeatures(issue, null).bags.title)
    assert.equal(Math.round(100 * (history.runs[0]?.cacheReadShare ?? 0)), 67)
  })

  it('takes what was cut short for "at least", and says which run the infrastructure ended', async () => {
    const { history } = await historyOf([
      run('r1', { outcome: 'resolved' }),
      run('r2', { outcome: 'budget-exhausted' }),
      run('r3', { outcome: 'timed-out' }),
      run('r4', { outcome: 'infra-error' }),
      run('r5', { incomplete: true }),
    ])
    assert.deepEqual(
      history.runs.map(({ telling, resolved, infraError }) => [telling, resolved, infraError]),
      [
        ['whole', true, false],
        ['at-least', false, false],
        ['at-least', null, false],
        ['at-least', null, true],
        ['at-least', null, false],
      ],
    )
  })

  it('leaves out, and counts, what has no tokens, no agent or no model, and what is to the token alike', async () => {
    const one = run('r1')
    const { history, leftOut } = await historyOf([
      one,
      run('r6', { usage: one.usage }),
      run('r2', { agent: null }),
      run('r3', { usage: { ...one.usage, output: null } }),
      run('r4', { model: null }),
    ])
    assert.equal(history.runs.length, 1)
    assert.deepEqual(leftOut, { 'no-tokens': 1, 'no-agent': 1, 'no-model': 1, repeated: 1 })
  })

  it('has the newest runs where there are more than are read', async () => {
    const { history, cut } = await historyOf([run('r1'), run('r2'), run('r3')], { mostRuns: 2 })
    assert.deepEqual([cut, history.runs.map(({ total }) => Math.round(10 ** total))], [true, [5002, 5003]])
  })

  it('trusts a log less than a provider', async () => {
    const { history } = await historyOf([
      run('r1', { quality: 'provider' }),
      run('r2', { quality: 'estimate' }),
    ])
    const [first, second] = history.runs
    assert.ok(first !== undefined && second !== undefined && first.trust > second.trust)
  })
})
