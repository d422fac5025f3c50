import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import type { Estimate } from '../../src/forecast/estimate.ts'
import { openMetrics } from '../../src/server/telemetry/metrics.ts'
import { openStore } from '../../src/store/open-store.ts'
import { importRuns, madeRun, newStore } from '../fixtures/runs.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cli } from '../unit/cli/fake-app.ts'

const MODELS = resolve(import.meta.dirname, '../../models')
const RUNS = 60
/** A day from which on runs begin, a minute each. */
const BEGIN_MS = Date.UTC(2026, 10, 20)

const cwd = temporaryFolder()
const issue = join(cwd, 'issue.md')
writeFileSync(issue, '# Counts are off\n\nThe sum of an empty list is one.\n')
const models = ['--models', MODELS, '--model', 'gpt-5']
const estimate = (...more: string[]) => cli(['estimate', 'issue.md', ...models, ...more], { cwd })
async function forecast(...more: string[]): Promise<Estimate> {
  const { exit, stdout, stderr } = await estimate('--format', 'json', ...more)
  assert.equal(exit, 0, stderr)
  return (JSON.parse(stdout) as { readonly forecasts: readonly [Estimate] }).forecasts[0]
}

const before = await forecast()
const textBefore = (await estimate()).stdout
const database = join(cwd, '.foretoken/foretoken.db')
openStore(database, { create: true }).close()

describe('the command line, where there is a store', { timeout: 60_000 }, () => {
  it('forecasts as it does without one, as long as no run was forecast', async () => {
    assert.deepEqual(await forecast(), before)
    assert.equal((await estimate()).stdout, textBefore)
    const { stdout } = await cli(['doctor', '--models', MODELS, '--format', 'json'], { cwd })
    assert.match(
      stdout,
      /"name": "forecasts",\s+"status": "ok",\s+"detail": "no run was forecast by verified-1"/,
    )
  })

  it('follows runs that were three times as dear: the whole range moves, dollars with it, and it says so', async () => {
    await keepRuns()
    const now = await forecast()
    const { total, output } = now.basis.calibration ?? {}
    assert.deepEqual([total?.runs, output?.runs], [RUNS, RUNS])
    assert.ok(Math.abs(10 ** (total?.shift ?? 0) - 3) < 0.5, JSON.stringify(total))
    for (const level of ['p10', 'p50', 'p80', 'p90'] as const)
      assert.ok(now.totalTokens[level] > before.totalTokens[level], level)
    assert.ok(Number(now.costUsd?.p50) > 2 * Number(before.costUsd?.p50))
    assert.ok(now.log10TotalTokens > before.log10TotalTokens + 0.3)
    assert.match(
      (await estimate()).stdout,
      /Corrected by runs since: gpt-5 × [23]\.\d\d, its range × \d\.\d\d as wide\s+\(60 runs\)\./,
    )
  })

  it('holds a gate against what runs spend', async () => {
    const budget = {
      schema: 'budget/1',
      models: ['gpt-5'],
      rules: [{ name: 'a task', perTask: { totalTokens: Math.round(before.totalTokens.p80 * 1.2) } }],
    }
    writeFileSync(join(cwd, 'budget.json'), JSON.stringify(budget))
    const gate = (...more: string[]) => cli(['gate', 'issue.md', '--models', MODELS, ...more], { cwd })
    assert.equal((await gate()).exit, 1)
    assert.equal((await gate('--calibration', 'off')).exit, 0)
  })

  it('leaves it out where it is told to, by flag, variable or file', async () => {
    assert.deepEqual(await forecast('--calibration', 'off'), before)
    const { stdout } = await cli(['estimate', 'issue.md', ...models, '--format', 'json'], {
      ...{ cwd, env: { FORETOKEN_CALIBRATION: 'off' } },
    })
    assert.deepEqual(JSON.parse(stdout).forecasts[0], before)
    const wrong = await estimate('--calibration', 'sometimes')
    assert.equal(wrong.exit, 2)
    assert.match(wrong.stderr, /--calibration is "sometimes"/)
  })

  it('warns of the drift in doctor, with what to do', async () => {
    const { exit, stdout } = await cli(['doctor', '--models', MODELS, '--format', 'json'], { cwd })
    const { checks } = JSON.parse(stdout) as {
      checks: { name: string; status: string; detail: string; fix: string }[]
    }
    const found = checks.find(({ name }) => name === 'forecasts')
    assert.equal(found?.status, 'warn')
    assert.match(
      found?.detail ?? '',
      /gpt-5 with openhands spends × [23]\.\d\d of what its bundle forecasts, since 2026-11-20/,
    )
    assert.match(found?.fix ?? '', /train --from-store/)
    assert.equal(exit, 0)
  })

  it('forecasts all the same where the store cannot be read, and tells it', async () => {
    const broken = join(cwd, 'broken.db')
    writeFileSync(broken, 'no store')
    const { exit, stdout, stderr } = await estimate('--db', broken)
    assert.equal(exit, 0)
    assert.equal(stdout, textBefore)
    assert.match(stderr, /note: forecasts do not follow the runs of the store: .*broken\.db/)
  })
})

/** Forecasts as the program makes them, of tasks that then took three times as much. */
async function keepRuns(): Promise<void> {
  const store = openStore(database, { create: false })
  const { keepEstimates } = await import('../../src/store/keep-estimates.ts')
  const { readBundle } = await import('../../src/forecast/read-bundle.ts')
  const { data } = await readBundle(MODELS, null)
  for (let i = 0; i < RUNS; i++) {
    const task = { id: `task-${i}`, repository: null, benchmark: null }
    const atMs = BEGIN_MS + i * 60_000
    keepEstimates(store, { ...task, commit: null, data }, { forecasts: [before], atMs })
    // Evenly spread over a factor of two either way.
    const factor = 3 * 2 ** ((((i * 7) % 20) - 9.5) / 9.5)
    const output = Math.round(before.outputTokens.p50 * factor)
    const input = Math.round(before.totalTokens.p50 * factor) - output
    const usage = { input, output, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: null }
    const startedAt = new Date(atMs + 1000).toISOString()
    await importRuns(store, [madeRun(task.id, [], { task, agent: 'openhands', usage, calls: 1, startedAt })])
  }
  store.close()
}

describe('metrics of what runs tell', () => {
  it('are the corrections in force and the alarms that stand, with bounded names', async () => {
    const calibration = { runs: 5, shift: 0.25, lower: 0.9, upper: 1.5 }
    const alarm = { kind: 'drift', agent: null, model: null, since: null, message: 'm', fix: 'f' }
    const metrics = openMetrics({
      ...{ store: newStore(), queues: {}, onFailure: (error) => assert.fail(String(error)), mostNames: 1 },
      watched: {
        calibrations: () => ({
          '["a","m"]': { total: calibration, output: null },
          '["b","n"]': { total: calibration, output: null },
        }),
        alarms: () => [alarm, { ...alarm, agent: 'a', model: 'm' }],
      },
    })
    const { text } = await metrics.text()
    metrics.close()
    for (const line of [
      'foretoken_alarms{kind="drift",agent="all",model="all"} 1',
      'foretoken_alarms{kind="drift",agent="a",model="m"} 1',
      'foretoken_calibration_runs{agent="a",model="m",quantity="total"} 5',
      'foretoken_calibration_runs{agent="other",model="other",quantity="total"} 5',
      'foretoken_calibration_shift_log10{agent="a",model="m",quantity="total"} 0.25',
      'foretoken_calibration_width{agent="a",model="m",quantity="total",end="p10"} 0.9',
      'foretoken_calibration_width{agent="a",model="m",quantity="total",end="p90"} 1.5',
    ])
      assert.ok(text.split('\n').includes(line), `${line}\n${text}`)
    assert.doesNotMatch(text, /quantity="output"/)
  })
})
