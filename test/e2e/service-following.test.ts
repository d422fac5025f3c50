import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import type { Estimate } from '../../src/forecast/estimate.ts'
import { seededRandom } from '../../src/regress/random.ts'
import type { AlarmDocument } from '../../src/server/alarms/post-alarm.ts'
import { type TestService, testService } from '../fixtures/server/test-service.ts'
import { until } from '../fixtures/until.ts'

const MODEL = 'gpt-5'
const BATCHES = 12
const EACH = 12

async function webhook(): Promise<{ readonly url: string; readonly got: AlarmDocument[] }> {
  const got: AlarmDocument[] = []
  const server = createServer(async (request, response) => {
    got.push((await json(request)) as AlarmDocument)
    response.writeHead(204).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got }
}

const hook = await webhook()
const settings = { alarms: { webhook: hook.url }, limits: { requestsPerMinute: 100_000 } }
const service = await testService({ settings })
const random = seededRandom(1)

async function forecast(of: TestService, id: string, body = 'Counts are off by one.'): Promise<Estimate> {
  const asked = { id, issue: { title: 'Counts', body }, models: [MODEL] }
  const answer = await of.post('/v1/estimates', asked)
  assert.equal(answer.status, 201, await answer.clone().text())
  const { forecasts } = (await answer.json()) as { readonly forecasts: readonly [Estimate] }
  return forecasts[0]
}

/** Runs of tasks that were forecast, three times as dear as the bundle alone says; gives how many the ranges held. */
async function runBatch(batch: number, raw: Estimate): Promise<number> {
  let held = 0
  const lines: string[] = []
  for (let i = 0; i < EACH; i++) {
    const id = `task-${batch}-${i}`
    const { totalTokens } = await forecast(service, id)
    const total = Math.round(raw.totalTokens.p50 * 3 * 10 ** (0.2 * random.normal()))
    if (total >= totalTokens.p10 && total <= totalTokens.p90) held++
    lines.push(runLine(id, { total, output: Math.round(total / 50) }))
  }
  const answer = await service.fetch('/v1/trajectories?name=runs.jsonl', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.join(''),
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  return held
}

function runLine(id: string, { total, output }: { readonly total: number; readonly output: number }): string {
  const usage = {
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    reasoning: null,
    output,
    input: total - output,
  }
  return `${JSON.stringify({
    ...{ schema: 'run/1', id: `run-${id}`, task: { id, repository: null, benchmark: null }, run: 1, usage },
    ...{ agent: 'openhands', model: MODEL, calls: 9, steps: 9, outcome: 'resolved', wallSeconds: 60 },
    ...{ quality: 'provider', startedAt: new Date().toISOString() },
  })}\n`
}

const metric = async (name: string): Promise<number> => {
  const text = await (await service.fetch('/metrics')).text()
  const line = text.split('\n').find((each) => each.startsWith(name))
  return line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(' ')))
}

describe('a service whose runs become three times as dear', { timeout: 240_000 }, () => {
  it('forecasts as its bundle does before the first of them', async () => {
    const { basis } = await forecast(service, 'first')
    assert.equal(basis.calibration, undefined)
    assert.ok(Number.isNaN(await metric('foretoken_alarms{')))
  })

  it('follows them, in its event loop and its threads, and holds what it says', async () => {
    const raw = await forecast(service, 'first')
    const held: number[] = []
    for (let batch = 0; batch < BATCHES; batch++) held.push(await runBatch(batch, raw))
    // The same question as before the runs: nothing stale is remembered.
    const now = await forecast(service, 'first')
    const { total } = now.basis.calibration ?? {}
    assert.equal(total?.runs, BATCHES * EACH)
    assert.ok(Math.abs(now.totalTokens.p50 / raw.totalTokens.p50 / 3 - 1) < 0.15, String(now.totalTokens.p50))
    assert.ok(Math.abs(10 ** (total?.shift ?? 0) - now.totalTokens.p50 / raw.totalTokens.p50) < 0.01)
    // A long issue is read in a thread.
    const long = await forecast(service, 'long', 'Counts are off by one, and so are sums. '.repeat(500))
    assert.deepEqual(long.basis.calibration, now.basis.calibration)
    const last = held.slice(BATCHES / 2).reduce((sum, each) => sum + each, 0) / (EACH * BATCHES * 0.5)
    console.log(`held by batch of ${EACH}: ${held.join(' ')}; of the last half ${(100 * last).toFixed(0)} %`)
    assert.ok(last > 0.65 && last < 0.95, String(last))
  })

  it('tells it on /metrics and on the page of calibration', async () => {
    const labels = `agent="openhands",model="${MODEL}",quantity="total"`
    const shift = await metric(`foretoken_calibration_shift_log10{${labels}}`)
    assert.ok(Math.abs(shift - Math.log10(3)) < 0.08, String(shift))
    assert.equal(await metric(`foretoken_calibration_runs{${labels}}`), BATCHES * EACH)
    assert.ok((await metric(`foretoken_calibration_width{${labels},end="p90"}`)) > 0)
    assert.equal(await metric(`foretoken_alarms{kind="drift",agent="openhands",model="${MODEL}"}`), 1)
    const page = await service.fetch('/calibration', { headers: { accept: 'text/html' } })
    assert.match(
      await page.text(),
      /Alarm: gpt-5 with openhands spends × [23]\.\d\d of what its bundle forecasts/,
    )
  })

  it('sends the alarm once', async () => {
    await until(() => hook.got.length > 0)
    const drifts = hook.got.filter(({ alarm }) => alarm.kind === 'drift')
    assert.equal(drifts.length, 1)
    assert.deepEqual([drifts[0]?.event, drifts[0]?.alarm.model], ['raised', MODEL])
    assert.match(drifts[0]?.alarm.message ?? '', /since \d{4}-\d\d-\d\d/)
  })

  it('forecasts the same and sends nothing again after a restart, and as the bundle does where it is told to', async () => {
    const before = await forecast(service, 'first')
    await service.close()
    const sent = hook.got.length
    const again = await testService({ settings, folder: service.folder })
    assert.deepEqual(await forecast(again, 'first'), before)
    await again.close()
    assert.equal(hook.got.length, sent)
    const off = await testService({ settings, folder: service.folder, flags: { calibration: 'off' } })
    assert.equal((await forecast(off, 'first')).basis.calibration, undefined)
    await off.close()
  })
})
