import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { boundedLabel } from '../../../src/server/telemetry/bounded-label.ts'
import { type MetricsOptions, openMetrics } from '../../../src/server/telemetry/metrics.ts'
import { keepEstimates } from '../../../src/store/keep-estimates.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { recentRuns } from '../../../src/store/recent-runs.ts'
import { madeEstimate, priceAt } from '../../fixtures/estimates.ts'
import { AT_MS, calls, importRuns, madeRun, newStore } from '../../fixtures/runs.ts'

function opened(store: Store, more: Partial<MetricsOptions> = {}) {
  const failures: unknown[] = []
  const onFailure = (error: unknown) => void failures.push(error)
  const metrics = openMetrics({ store, queues: {}, onFailure, ...more })
  /** Samples by their names with labels. */
  const samples = async () => {
    const { text } = await metrics.text()
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(
      lines.map((line): [string, number] => {
        const at = line.lastIndexOf(' ')
        return [line.slice(0, at), Number(line.slice(at + 1))]
      }),
    )
  }
  return { metrics, failures, samples }
}

const at = (seconds: number) => new Date(AT_MS + seconds * 1000).toISOString()
const TASK = { id: 'example-1', repository: 'example/tables', commit: null, data: 'd' }
const forecast = (total: number) =>
  madeEstimate({ model: 'gpt-5', agent: 'my-agent', total, output: total / 100 }, priceAt(1, 10))

describe('what the service counts', () => {
  it('is how long answers took, by route, method and kind of status', async () => {
    const { metrics, samples } = opened(newStore())
    const done = metrics.begin()
    metrics.answered({ route: '/v1/runs/{id}', method: 'GET', status: 404, ms: 15 })
    metrics.answered({ route: null, method: 'BREW', status: 404, ms: 15 })
    metrics.rejected('key-missing')
    const before = await samples()
    const labels = 'route="/v1/runs/{id}",method="GET",status="4xx"'
    assert.equal(before.get(`foretoken_http_request_duration_seconds_bucket{le="0.01",${labels}}`), 0)
    assert.equal(before.get(`foretoken_http_request_duration_seconds_bucket{le="0.02",${labels}}`), 1)
    assert.equal(
      before.get('foretoken_http_request_duration_seconds_count{route="none",method="other",status="4xx"}'),
      1,
    )
    assert.equal(before.get('foretoken_http_requests_in_flight'), 1)
    assert.equal(before.get('foretoken_http_rejected_total{reason="key-missing"}'), 1)
    done()
    assert.equal((await samples()).get('foretoken_http_requests_in_flight'), 0)
    metrics.close()
  })

  it('is how many wait, when it is asked', async () => {
    let waiting = 3
    const { metrics, samples } = opened(newStore(), { queues: { jobs: () => waiting } })
    assert.equal((await samples()).get('foretoken_queue_length{queue="jobs"}'), 3)
    waiting = 0
    assert.equal((await samples()).get('foretoken_queue_length{queue="jobs"}'), 0)
    metrics.close()
  })

  it('is what the newest runs have spent, and of how many that is not known', async () => {
    const store = newStore()
    const [known] = calls(0, 1)
    const unsure = {
      ...known?.usage,
      input: 7,
      output: null,
      cacheRead: null,
      cacheWrite5m: null,
      cacheWrite1h: null,
      reasoning: null,
    }
    await importRuns(store, [
      madeRun('whole', calls(0, 2)),
      madeRun('part', [], { usage: unsure, incomplete: true, calls: null }),
    ])
    const { metrics, samples } = opened(store)
    const told = await samples()
    const pair = 'agent="my-agent",model="gpt-5"'
    assert.equal(told.get(`foretoken_recent_runs{${pair}}`), 2)
    assert.equal(told.get(`foretoken_recent_runs_incomplete{${pair}}`), 1)
    assert.equal(told.get('foretoken_recent_run_tokens{model="gpt-5",class="input"}'), 207)
    assert.equal(told.get('foretoken_recent_run_tokens{model="gpt-5",class="output"}'), 20)
    assert.equal(told.get('foretoken_recent_runs_unknown{model="gpt-5",what="output"}'), 1)
    assert.equal(told.get('foretoken_recent_run_usd{model="gpt-5"}'), 0.02)
    metrics.close()
    store.close()
  })

  it('is how far off the forecasts of the newest runs were, and how often within their range', async () => {
    const store = newStore()
    keepEstimates(store, TASK, { forecasts: [forecast(2220)], atMs: AT_MS })
    await importRuns(store, [
      madeRun('as forecast', calls(0, 2), { startedAt: at(1) }),
      madeRun('ten times as much', calls(10, 30), { startedAt: at(2) }),
      madeRun('at least so much', calls(40, 41), { startedAt: at(3), incomplete: true }),
      madeRun('before', calls(50, 51), { startedAt: at(-1) }),
    ])
    const { metrics, samples } = opened(store)
    const told = await samples()
    const pair = '{agent="my-agent",model="gpt-5"}'
    const { log10TotalTokens } = forecast(2220)
    const mean = (Math.log10(2220) + Math.log10(22_200)) / 2 - log10TotalTokens
    assert.equal(told.get(`foretoken_recent_forecast_runs${pair}`), 2)
    assert.ok(
      Math.abs((told.get(`foretoken_recent_forecast_error_log10${pair}`) ?? Number.NaN) - mean) < 1e-9,
    )
    assert.equal(told.get(`foretoken_recent_forecast_coverage${pair}`), 0.5)
    metrics.close()
    store.close()
  })

  it('holds the forecast that stood when a run began against it, and no later one', async () => {
    const store = newStore()
    for (const [total, seconds] of [
      [1e5, 0],
      [2e5, 10],
      [3e5, 30],
    ] as const)
      keepEstimates(store, TASK, { forecasts: [forecast(total)], atMs: AT_MS + seconds * 1000 })
    await importRuns(store, [madeRun('r', calls(0, 1), { startedAt: at(20) })])
    assert.deepEqual(recentRuns(store)(10)[0]?.forecast, forecast(2e5))
    store.close()
  })

  it('leaves out what a more trusted telling stands for', async () => {
    const store = newStore()
    await importRuns(store, [madeRun('log', calls(0, 1)), madeRun('gateway', calls(1, 4))])
    store.database.exec('UPDATE runs SET superseded_by = 2 WHERE row = 1')
    assert.deepEqual(
      recentRuns(store)(10).map(({ tokens }) => tokens.output),
      [30],
    )
    store.close()
  })

  it('looks at the newest runs by their row, and at nothing else as a whole', async () => {
    const store = newStore()
    await importRuns(store, [madeRun('old', calls(0, 1)), madeRun('new', calls(1, 4))])
    assert.deepEqual(
      recentRuns(store)(1).map(({ tokens }) => tokens.output),
      [30],
    )
    const statements: string[] = []
    const prepare = store.database.prepare.bind(store.database)
    store.database.prepare = ((sql: string) => {
      statements.push(sql)
      return prepare(sql)
    }) as typeof store.database.prepare
    recentRuns(store)
    const plan = prepare<[number], { detail: string }>(`EXPLAIN QUERY PLAN ${statements[0]}`).all(1)
    const scans = plan.map(({ detail }) => detail).filter((detail) => detail.startsWith('SCAN'))
    assert.deepEqual(scans, ['SCAN runs', 'SCAN last'])
    store.close()
  })

  it('goes on when the store cannot be read for a while', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const store = newStore()
    const { metrics, failures } = opened(store, { everyMs: 1000 })
    store.close()
    t.mock.timers.tick(2000)
    assert.equal(failures.length, 2)
    metrics.close()
    t.mock.timers.tick(2000)
    assert.equal(failures.length, 2)
  })

  it('is a bounded number of series, however many names there are', async () => {
    const { metrics, samples } = opened(newStore(), { mostNames: 3 })
    for (let i = 0; i < 100; i++) metrics.forecast({ model: `model-${i}`, bundle: 'b' })
    const made = [...(await samples())].filter(([name]) => name.startsWith('foretoken_forecasts_total'))
    assert.equal(made.length, 4)
    assert.equal(made.find(([name]) => name.includes('model="other"'))?.[1], 97)
    metrics.close()
  })

  it('takes names for text', async () => {
    const { metrics } = opened(newStore())
    metrics.forecast({ model: 'a"} 1\nb{x="', bundle: 'b' })
    const { text } = await metrics.text()
    assert.ok(text.includes('foretoken_forecasts_total{model="a\\"} 1\\nb{x=\\"",bundle="b"} 1\n'))
    assert.equal(boundedLabel(2)('x'.repeat(1000)).length, 100)
    assert.equal(boundedLabel(0)(null), 'unknown')
    metrics.close()
  })
})
