import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keepEstimates } from '../../../src/store/keep-estimates.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { CALIBRATION_SQL, readCalibration } from '../../../src/store/read-calibration.ts'
import {
  type LogPlace,
  type LogRequest,
  logSql,
  readLoggedRun,
  readRunLog,
} from '../../../src/store/read-run-log.ts'
import { ALL_RUNS, boundBy } from '../../../src/store/read-runs.ts'
import { madeEstimate, priceAt, unknownPrice } from '../../fixtures/estimates.ts'
import { AT_MS, calls, importRuns, madeRun, newStore } from '../../fixtures/runs.ts'

const TASK = { id: 'example-1', repository: 'example/tables', commit: 'abc', data: 'd' }
const at = (seconds: number): string => new Date(AT_MS + seconds * 1000).toISOString()
const estimate = (total: number, model = 'gpt-5') =>
  madeEstimate({ model, agent: 'My-Agent', total, output: 1e3 }, priceAt(1, 10))
const ALL: LogRequest = { filter: ALL_RUNS, forecastOnly: false, after: null, limit: 50 }

/** A run a second, of which some have no time, and two forecasts: one at 0 s, one at 5 s. */
async function world(): Promise<Store> {
  const store = newStore()
  keepEstimates(store, TASK, { forecasts: [estimate(1e6)], atMs: AT_MS })
  keepEstimates(store, { ...TASK, commit: 'def' }, { forecasts: [estimate(2e6)], atMs: AT_MS + 5000 })
  const run = (key: string, seconds: number | null, more: Parameters<typeof madeRun>[2] = {}) =>
    madeRun(key, calls(seconds ?? 900 + key.length * 10, (seconds ?? 900 + key.length * 10) + 1), {
      startedAt: seconds === null ? null : at(seconds),
      ...more,
    })
  await importRuns(store, [
    run('early', -1),
    run('first', 1),
    run('second', 6, { outcome: 'resolved' }),
    run('elsewhere', 7, { task: { id: 'example-1', benchmark: 'b', repository: null } }),
    run('stranger', 8, { task: { id: 'example-1', benchmark: 'b', repository: 'other/tables' } }),
    run('other-model', 9, { model: 'gpt-4' }),
    run('nameless', 10, { task: { id: null, benchmark: null, repository: 'example/tables' } }),
    run('undated', null),
    run('undated-too', null),
  ])
  return store
}

describe('the log of runs', () => {
  it('is newest first, with the newest forecast made before each run of that task, agent and model', async () => {
    const store = await world()
    const { runs, next } = readRunLog(store, ALL)
    const commits = runs.map(({ place, forecast }) => [place.startedAt, forecast?.commit ?? null])
    assert.deepEqual(commits, [
      [at(10), null],
      [at(9), null],
      [at(8), null],
      [at(7), 'def'],
      [at(6), 'def'],
      [at(1), 'abc'],
      [at(-1), null],
      [null, null],
      [null, null],
    ])
    assert.equal(next, null)
    assert.deepEqual(runs[4]?.forecast?.estimate, estimate(2e6))
    assert.deepEqual(readLoggedRun(store, runs[4]?.id ?? ''), runs[4])
    assert.equal(readLoggedRun(store, 'none'), null)
    store.close()
  })

  it('knows the first answer of the service that gave a forecast, where one did', async () => {
    const store = await world()
    const answers = () =>
      readRunLog(store, { ...ALL, forecastOnly: true }).runs.map(({ forecast }) => forecast?.answer)
    assert.deepEqual(answers(), [null, null, null])
    store.database.exec(`
      INSERT INTO answers (row, id, made_at, actor, task, title, unread)
        SELECT 1, 'one', made_at, 'k', task, 't', 0 FROM estimates WHERE commit_id = 'abc';
      INSERT INTO answers (row, id, made_at, actor, task, title, unread) SELECT 2, 'two', made_at, actor, task, title, 0 FROM answers;
      INSERT INTO answer_forecasts (answer, place, estimate)
        SELECT answers.row, 0, estimates.row FROM answers, estimates WHERE estimates.commit_id = 'abc';`)
    assert.deepEqual(answers(), [null, null, 'one'])
    store.close()
  })

  it('comes in pages of any size as it comes whole, those without a time last', async () => {
    const store = await world()
    const whole = readRunLog(store, ALL).runs.map(({ id }) => id)
    for (const limit of [1, 2, 3, 7, 8, 9]) {
      const paged: string[] = []
      let after: LogPlace | null = null
      do {
        const page = readRunLog(store, { ...ALL, limit, after })
        assert.ok(page.runs.length <= limit)
        paged.push(...page.runs.map(({ id }) => id))
        after = page.next
      } while (after !== null)
      assert.deepEqual(paged, whole, `by ${limit}`)
    }
    store.close()
  })

  it('holds what is asked for', async () => {
    const store = await world()
    const some = (more: Partial<typeof ALL_RUNS>, forecastOnly = false) =>
      readRunLog(store, { ...ALL, forecastOnly, filter: { ...ALL_RUNS, ...more } }).runs.length
    assert.equal(some({ model: 'gpt-4' }), 1)
    assert.equal(some({ outcome: 'resolved' }), 1)
    assert.equal(some({ repository: 'other/*' }), 1)
    assert.equal(some({ agent: 'nobody' }), 0)
    assert.equal(some({}, true), 3)
    store.close()
  })

  it('is read by the index of time, and forecasts by their task: no table is gone through', async () => {
    const store = await world()
    const after = { startedAt: at(5), row: 4 }
    const bound = { ...boundBy(ALL_RUNS), at: after.startedAt, row: 4, limit: 5, since: at(0) }
    const sql = [
      logSql({ ...ALL, after }, 'dated'),
      logSql({ ...ALL, after: { startedAt: null, row: 4 } }, 'undated'),
      logSql(ALL, 'dated'),
      CALIBRATION_SQL,
    ]
    for (const one of sql) {
      const plan = store.database
        .prepare<[Record<string, unknown>], { detail: string; parent: number }>(`EXPLAIN QUERY PLAN ${one}`)
        .all(bound)
      const lines = plan.map(({ detail }) => detail).join('\n')
      assert.doesNotMatch(lines, /^SCAN/m)
      assert.match(lines, /SEARCH runs USING INDEX runs_by_time/)
      assert.match(lines, /SEARCH earlier USING INDEX estimates_by_task/)
      const outer = plan.filter(({ parent }) => parent === 0).map(({ detail }) => detail)
      assert.deepEqual(
        outer.filter((line) => line.includes('TEMP B-TREE')),
        [],
      )
    }
    store.close()
  })
})

describe('the rows of calibration', () => {
  it('are the runs that were forecast since a time, newest first, and say when there are more', async () => {
    const store = await world()
    const { rows, cut } = readCalibration(store, { since: at(0) })
    assert.equal(cut, false)
    assert.deepEqual(
      rows.map(({ startedAt, totalTokens }) => [startedAt, totalTokens.actual, totalTokens.p50]),
      [
        [at(7), 1110, 2_000_000],
        [at(6), 1110, 2_000_000],
        [at(1), 1110, 1_000_000],
      ],
    )
    assert.deepEqual(rows[0]?.repository, null)
    assert.equal(typeof rows[0]?.costUsd.p10, 'number')
    assert.deepEqual(readCalibration(store, { since: at(2), limit: 1 }).cut, true)
    assert.deepEqual(readCalibration(store, { since: at(2), limit: 2 }), {
      rows: rows.slice(0, 2),
      cut: false,
    })
    store.close()
  })

  it('hold no cost where none was forecast', async () => {
    const store = newStore()
    const unpriced = madeEstimate(
      { model: 'gpt-5', agent: 'my-agent', total: 1e5, output: 1e3 },
      unknownPrice('gpt-5'),
    )
    keepEstimates(store, TASK, { forecasts: [unpriced], atMs: AT_MS })
    await importRuns(store, [madeRun('a', calls(1, 2))])
    const [row] = readCalibration(store, { since: at(0) }).rows
    assert.deepEqual(row?.costUsd, { actual: 0.01, p10: null, p50: null, p90: null })
    store.close()
  })
})
