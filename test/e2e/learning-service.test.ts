import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { formatBundle } from '../../src/forecast/bundle.ts'
import { putInForce } from '../../src/learn/put-in-force.ts'
import { openStore } from '../../src/store/open-store.ts'
import { importRuns, madeRun } from '../fixtures/runs.ts'
import type { FakeTraining } from '../fixtures/server/fake-training.ts'
import { type TestService, testService } from '../fixtures/server/test-service.ts'
import { syntheticBundle, writeBundle } from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const PROGRAM = [process.execPath, join(import.meta.dirname, '../fixtures/server/fake-training.ts')]
const bundle = await syntheticBundle()

const DOCUMENT = {
  ...{ schema: 'training/1', bundle: 'b', champion: 'a', promoted: true, forced: false, verdict: 'better' },
  ...{ reasons: ['smaller errors'], alarms: [] as { kind: string; message: string }[] },
}

/** A service with the bundles a, in force, and b, and with so many runs in its store. */
async function learning(training: FakeTraining, more: { settings?: object; runs?: number } = {}) {
  const folder = temporaryFolder()
  const models = join(folder, 'models')
  for (const id of ['a', 'b']) writeBundle(models, id, formatBundle({ ...bundle, id }))
  await putInForce(models, { bundle: 'a', by: 'promote', why: '', atMs: Date.parse('2026-11-20') })
  writeFileSync(join(folder, 'training.json'), JSON.stringify(training))
  const store = openStore(join(folder, 'foretoken.db'), { create: true })
  await importRuns(
    store,
    Array.from({ length: more.runs ?? 3 }, (_, i) => madeRun(`r${i}`)),
  )
  store.close()
  const service = await testService({
    folder,
    flags: { models },
    settings: {
      learning: { everyRuns: 3, atMostEveryHours: 24 },
      log: { level: 'info' },
      ...more.settings,
    },
    options: { command: PROGRAM },
  })
  return { service, folder, models }
}

type Document = Readonly<Record<string, unknown>>

const get = async (service: TestService, path: string): Promise<Document> =>
  (await (await service.fetch(path)).json()) as Document

/** The training that the schedule has begun, once it has ended. */
async function scheduled(service: TestService): Promise<Document> {
  for (let waited = 0; waited < 400; waited++) {
    const line = service
      .log()
      .split('\n')
      .find((text) => text.includes('"what":"training"'))
    const job = line === undefined ? null : await get(service, `/v1/trainings/${JSON.parse(line).job}`)
    if (job !== null && job.endedAt !== null) return job
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  assert.fail(service.log())
}

const bundleOf = async (service: TestService): Promise<string> => {
  const answer = await service.post('/v1/estimates', { issue: { title: 'Rows are lost' }, models: ['gpt-5'] })
  const { forecasts } = (await answer.json()) as { forecasts: { basis: { bundle: string } }[] }
  return forecasts[0]?.basis.bundle ?? 'none'
}

describe('a service with enough new runs', () => {
  it('trains by itself, at low priority, and goes on with the bundle that was promoted', async () => {
    const { service, folder, models } = await learning({ exit: 0, document: DOCUMENT, promotes: 'b' })
    const job = await scheduled(service)
    assert.equal(job.state, 'done')
    assert.deepEqual(job.answer, { bundle: 'b', current: 'b', training: DOCUMENT })
    assert.deepEqual(job.asked, { from: 'store' })
    const called = JSON.parse(readFileSync(join(folder, 'called.json'), 'utf8'))
    const expected = ['train', '--from-store', '--format=json', `--db=${service.database}`]
    assert.deepEqual(called.args, [...expected, `--models=${models}`])
    assert.equal(await bundleOf(service), 'b')
    const { current, inForce, history } = await get(service, '/v1/models')
    assert.deepEqual([current, inForce, (history as unknown[]).length], ['b', 'b', 2])
    const metrics = await (await service.fetch('/metrics')).text()
    assert.match(metrics, /^foretoken_trainings_total\{verdict="better"\} 1$/m)
    assert.match(metrics, /^foretoken_bundle_in_force\{bundle="b"\} 1$/m)
    assert.match(metrics, /^foretoken_bundle_in_force_seconds\{bundle="b"\} \d/m)
    assert.match(metrics, /^foretoken_untrained_runs\{bundle="b"\} \d/m)
  })

  it('goes on with the old one, and tells the webhook, where the new one is refused', async () => {
    const heard: string[] = []
    const server = createServer((request, response) => {
      request.on('data', (text: Buffer) => heard.push(String(text)))
      request.on('end', () => response.end())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => server.close())
    const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alarms`
    const refused = {
      ...{ ...DOCUMENT, promoted: false, verdict: 'refused', reasons: ['the data look spoiled'] },
      alarms: [{ kind: 'poisoned', message: 'half of the runs are copies' }],
    }
    const { service } = await learning(
      { exit: 3, document: refused, promotes: null },
      { settings: { alarms: { webhook }, learning: { everyRuns: 3 } } },
    )
    const job = await scheduled(service)
    assert.deepEqual([job.state, job.answer], ['done', { bundle: 'b', current: 'a', training: refused }])
    assert.equal(await bundleOf(service), 'a')
    const line = JSON.parse(
      service
        .log()
        .split('\n')
        .find((text) => text.includes('"what":"training"')) ?? '',
    )
    assert.deepEqual([line.level, line.verdict], ['warn', 'refused'])
    for (let waited = 0; waited < 200 && heard.length === 0; waited++)
      await new Promise((resolve) => setTimeout(resolve, 25))
    assert.match(heard.join(''), /"kind":"poisoned".*half of the runs are copies/)
  })

  it('keeps the old one, and does not try again at once, where the training fails', async () => {
    const error = { schema: 'error/1', error: { code: 'store-failed', title: 't', detail: 'd', fix: 'f' } }
    const { service } = await learning({ exit: 2, document: error, promotes: null })
    const job = await scheduled(service)
    assert.equal(job.state, 'failed')
    assert.equal((job.failure as { code: string }).code, 'store-failed')
    assert.equal(await bundleOf(service), 'a')
    const trainings = service.log().match(/"what":"training"/g)
    assert.equal(trainings?.length, 1)
  })

  it('tells what a training said before it broke', async () => {
    const { service } = await learning({ exit: 70, document: null, promotes: null })
    assert.equal((await scheduled(service)).state, 'failed')
    assert.match(service.log(), /the training ended with 70/)
  })

  it('gives the training a priority below everything else', {
    skip: process.platform !== 'linux',
  }, async () => {
    const { service, folder } = await learning({ exit: 0, document: null, promotes: null, lasts: true })
    const { pid } = await called(folder)
    assert.equal(niceOf(pid), 19)
    if (existsSync('/usr/bin/chrt')) await comesTo(pid, SCHED_IDLE)
    await service.close()
    assert.equal(isThere(pid), false)
  })

  it('leaves it alone where it is told to, or told which bundle forecasts', async () => {
    for (const more of [
      { settings: { learning: { automatic: false, everyRuns: 3 } } },
      { runs: 2, settings: { learning: { everyRuns: 3 } } },
    ]) {
      const { service } = await learning({ exit: 0, document: DOCUMENT, promotes: 'b' }, more)
      await get(service, '/v1/models')
      await service.close()
      assert.ok(!service.log().includes('"what":"training"'))
    }
  })
})

describe('promotion over HTTP', () => {
  it('swaps without a restart, goes back again, and is written down', async () => {
    const { service } = await learning(
      { exit: 0, document: DOCUMENT, promotes: 'b' },
      { settings: { learning: { automatic: false } } },
    )
    const promoted = await service.post('/v1/models/b/promote', { why: 'a try', expected: 'a' })
    assert.deepEqual(await promoted.json(), {
      ...{ schema: 'promotion/1', bundle: 'b', previous: 'a', current: 'b' },
    })
    assert.equal(await bundleOf(service), 'b')
    const told = async (answer: Promise<Response>): Promise<readonly unknown[]> => {
      const response = await answer
      const { code, bundle } = (await response.json()) as Document
      return [response.status, code ?? bundle]
    }
    const rollBack = () => told(service.post('/v1/models/rollback', {}))
    const late = service.post('/v1/models/b/promote', { expected: 'a' })
    assert.deepEqual(await told(late), [409, 'in-force-changed'])
    assert.deepEqual(await rollBack(), [200, 'a'])
    assert.equal(await bundleOf(service), 'a')
    // a came in place of b, the last by name, when it was put in force first.
    assert.deepEqual(await rollBack(), [200, 'b'])
    assert.deepEqual(await rollBack(), [409, 'no-bundle-before'])
    const unknown = service.post('/v1/models/nope/promote', {})
    assert.deepEqual(await told(unknown), [404, 'bundle-not-found'])
    await service.close()
    const store = openStore(service.database, { create: false })
    const actions = store.database.prepare('SELECT action, subject FROM audit ORDER BY row').all()
    store.close()
    assert.deepEqual(actions, [
      { action: 'post /v1/models/{id}/promote', subject: 'b' },
      { action: 'post /v1/models/rollback', subject: null },
      { action: 'post /v1/models/rollback', subject: null },
    ])
  })
})

/** How the program was called, once it was. */
async function called(folder: string): Promise<{ readonly pid: number }> {
  for (let waited = 0; waited < 400; waited++) {
    try {
      return JSON.parse(readFileSync(join(folder, 'called.json'), 'utf8'))
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  assert.fail('nothing was called')
}

/** proc(5): fields 19 and 41. */
const niceOf = (pid: number): number => statOf(pid, 19)
const policyOf = (pid: number): number => statOf(pid, 41)
const SCHED_IDLE = 5

/** Waits until a process is scheduled so. */
async function comesTo(pid: number, policy: number): Promise<void> {
  for (let waited = 0; policyOf(pid) !== policy; waited++) {
    assert.ok(waited < 400, `policy ${policyOf(pid)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

function statOf(pid: number, field: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3])
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
