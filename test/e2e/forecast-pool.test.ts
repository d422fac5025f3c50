import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../src/errors.ts'
import { openWorkbench } from '../../src/forecast/read-workbench.ts'
import { openForecastPool } from '../../src/server/pool/open-forecast-pool.ts'
import { gitRepository } from '../fixtures/git-repository.ts'
import { AT_MS, askedTask, NEVER, openPool, workbenchSettings } from '../fixtures/server/forecast-pool.ts'
import { syntheticModels } from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const repository = gitRepository([
  { files: { 'a.py': 'def count(items):\n    return len(items) + 1\n' } },
  { files: { 'test_a.py': 'from a import count\n\ndef test_count():\n    assert count([]) == 0\n' } },
])

describe('a pool of forecasts', () => {
  it('forecasts what the workbench forecasts, of a real repository, outcomes and all', async () => {
    const { pool, folder, settings } = await openPool()
    const task = askedTask(repository, { models: null, budgetUsd: 0.5 })
    const app = { cwd: folder, now: () => AT_MS, note: assert.fail, signal: NEVER }
    const workbench = await openWorkbench(app, {
      ...settings,
      cache: { value: join(folder, 'x'), origin: 'flag' },
    })
    const expected = await workbench.forecast(task)
    workbench.close()
    const made = await pool.forecast(task, NEVER)
    assert.deepEqual(made, expected)
    assert.equal(made.forecasts[0]?.estimate.basis.repository, true)
    assert.match(made.commit ?? '', /^[0-9a-f]{40}$/)
  })

  it('makes as many at once as it has threads, and answers each task with its own forecast', async () => {
    const { pool } = await openPool({ threads: 2 })
    const alone = await Promise.all(
      [1, 2, 3].map((meanOf) => pool.forecast(askedTask(null, { meanOf }), NEVER)),
    )
    assert.deepEqual(
      alone.map(({ forecasts }) => forecasts[0]?.estimate.basis.meanOf),
      [1, 2, 3],
    )
    assert.deepEqual([pool.waiting(), pool.running()], [0, 0])
  })

  it('prices each task at the moment it is asked about, however long the pool has been open', async () => {
    const folder = temporaryFolder()
    const price = (from: string, output: number) => ({
      from,
      input: 0,
      cacheRead: 0,
      cacheWrite5m: 0,
      output,
    })
    const models = { 'gpt-5': [price('2026-01-01', 10), price('2026-02-01', 20)] }
    writeFileSync(join(folder, 'prices.json'), JSON.stringify({ schema: 'prices/1', models }))
    let nowMs = AT_MS
    const settings = workbenchSettings(folder, await syntheticModels(), join(folder, 'prices.json'))
    const { pool } = await openPool({ settings, now: () => nowMs })
    const costs = async () => {
      const { forecasts } = await pool.forecast(askedTask(), NEVER)
      return Number(forecasts[0]?.estimate.costUsd?.mean)
    }
    const january = await costs()
    nowMs = Date.UTC(2026, 1, 15)
    const february = await costs()
    assert.ok(january > 0)
    assert.ok(Math.abs(february / january - 2) < 0.01, `${january} then ${february}`)
  })

  it('hands on an expected failure with its code, its detail and its fix', async () => {
    const { pool } = await openPool()
    const missing = askedTask(repository, { repository: { name: null, path: repository, commit: 'nope' } })
    await assert.rejects(pool.forecast(missing, NEVER), (error) => {
      assert.ok(error instanceof KnownError)
      assert.deepEqual([error.code, error.detail], ['commit-not-found', `"nope" in ${repository}`])
      return true
    })
    const long = askedTask(null, { agent: 'a'.repeat(300) })
    await assert.rejects(pool.forecast(long, NEVER), {
      code: 'usage',
      fix: 'name agents and models as their makers do',
    })
    assert.equal((await pool.forecast(askedTask(), NEVER)).forecasts.length, 1)
  })

  it('hands on a bug as one, with where it was, and goes on', async () => {
    const { pool, troubles } = await openPool()
    const broken = { ...askedTask(), issue: Object.create(null) }
    await assert.rejects(pool.forecast(broken, NEVER), (error) => {
      assert.ok(error instanceof Error && !(error instanceof KnownError))
      assert.match(error.message, /TypeError[\s\S]*features/)
      return true
    })
    assert.equal((await pool.forecast(askedTask(), NEVER)).forecasts.length, 1)
    assert.deepEqual(troubles, [])
  })

  it('tells where it cannot remember what it reads, and forecasts all the same', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'cache'), 'a file')
    const { pool, troubles } = await openPool({
      settings: workbenchSettings(folder, await syntheticModels()),
    })
    assert.equal((await pool.forecast(askedTask(repository), NEVER)).unread, 0)
    await until(() => troubles.length > 0)
    assert.match(troubles.join(), /is not remembered/)
  })

  it('does not open without its bundle', async () => {
    const folder = temporaryFolder()
    const opening = openForecastPool({
      threads: 2,
      mostWaiting: 1,
      cwd: folder,
      settings: workbenchSettings(folder, join(folder, 'none')),
      now: () => AT_MS,
      onTrouble: assert.fail,
    })
    await assert.rejects(opening, { code: 'bundle-not-found' })
  })

  it('takes nothing on when it is closed', async () => {
    const { pool } = await openPool()
    await pool.close()
    await assert.rejects(pool.forecast(askedTask(), NEVER), { code: 'service-busy' })
    await assert.rejects(pool.reload(), { code: 'service-busy' })
  })
})
