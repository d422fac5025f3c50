import assert from 'node:assert/strict'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { control } from '../../src/gateway/control/control.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { testGateway } from '../fixtures/gateway/test-gateway.ts'

const TOKEN = 'token-of-the-gateway-0123456789'
let upstream: ScriptedUpstream
let gateway: Gateway
before(async () => {
  upstream = await scriptedUpstream({ script: mendScript })
  gateway = await testGateway(upstream.url, { control: control(TOKEN, () => gateway) })
})
after(async () => {
  await gateway.close()
  await upstream.close()
})

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Status, media type and body of an answer; headers are sent as they are given, the host too. */
function ask(path: string, { method = 'GET', headers = {}, body = '' }: Asked = {}) {
  return new Promise<{ status: number; type: string; told: Readonly<Record<string, unknown>> }>(
    (resolve, reject) => {
      const own = { authorization: `Bearer ${TOKEN}`, ...headers }
      const asked = request(gateway.url, { path, method, headers: own, agent: false }, (reply) => {
        const { statusCode: status = 0, headers: got } = reply
        json(reply).then((value) => {
          resolve({
            status,
            type: got['content-type'] ?? '',
            told: value as Readonly<Record<string, unknown>>,
          })
        }, reject)
      })
      asked.on('error', reject)
      asked.end(body)
    },
  )
}

const PROBLEM = 'application/problem+json'
const ROUTES = [
  ['POST', '/foretoken/runs'],
  ['GET', '/foretoken/runs'],
  ['GET', '/foretoken/runs/x'],
  ['DELETE', '/foretoken/runs/x'],
  ['POST', '/foretoken/groups'],
  ['GET', '/foretoken/events'],
  ['GET', '/foretoken/none'],
] as const

describe('the routes that control a gateway', () => {
  it('answer nobody without the token, and no key of a run', async () => {
    const { key } = gateway.openRun()
    const wrong = [
      '',
      'Bearer',
      `Bearer ${key}`,
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Basic ${TOKEN}`,
    ]
    for (const [method, path] of ROUTES) {
      for (const authorization of wrong) {
        const { status, type } = await ask(path, { method, headers: { authorization } })
        assert.deepEqual([status, type], [401, PROBLEM])
      }
    }
    assert.equal(gateway.registry.runs().length, 1)
  })

  it('answer no page in a browser, and no name that could be anybody’s', async () => {
    const foreign: readonly Readonly<Record<string, string>>[] = [
      { origin: 'https://page.test' },
      { origin: 'null' },
      { origin: gateway.url },
      { host: 'page.test' },
      { host: 'localhost.page.test' },
      { host: '127.0.0.1.page.test:80' },
      { host: '[' },
    ]
    for (const [method, path] of ROUTES) {
      for (const headers of foreign) {
        const { status, type } = await ask(path, { method, headers })
        assert.deepEqual([status, type], [403, PROBLEM])
      }
    }
    for (const host of ['localhost', 'localhost:1', '127.0.0.1', '[::1]:80']) {
      assert.equal((await ask('/foretoken/runs', { headers: { host } })).status, 200)
    }
  })

  it('refuse what they do not know, and what is too long, and say what is wrong', async () => {
    const bodies = [
      '{"agent":"x","key":"ftk_mine"}',
      '{"limits":{"dollars":1}}',
      '{"limits":{"usd":"-1"}}',
      '{"limits":{"totalTokens":-1}}',
      '[]',
      '{',
      `{"agent":"${'x'.repeat(2_000_000)}"}`,
    ]
    for (const body of bodies) {
      const { status, type, told } = await ask('/foretoken/runs', { method: 'POST', body })
      assert.deepEqual([status, type, told.status], [400, PROBLEM, 400])
      assert.ok(String(told.title).length > 0 && String(told.fix).length > 0)
    }
    for (const path of [
      '/foretoken/none',
      '/foretoken/',
      '/foretoken/runs/../runs',
      '/foretoken/%2e%2e/runs',
      '/foretoken//runs',
    ]) {
      assert.equal((await ask(path)).status, 404)
    }
  })

  it('give a key to who opens a run, and show it to nobody else', async () => {
    const opened = await ask('/foretoken/runs', { method: 'POST', body: '{"agent":"x"}' })
    const { key, id } = opened.told
    assert.equal(opened.status, 201)
    assert.ok(typeof key === 'string' && typeof id === 'string')
    for (const path of ['/foretoken/runs', `/foretoken/runs/${id}`]) {
      assert.ok(!JSON.stringify(await ask(path)).includes(key))
    }
    assert.equal((await ask(`/foretoken/runs/${id}`, { method: 'DELETE' })).status, 200)
    assert.equal((await fetch(`${gateway.url}/run/${key}/v1/models`)).status, 401)
  })

  it('give a key that dies when its time is up, and the run with it', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { run, key } = gateway.registry.openRun({ keySeconds: 60 })
    t.mock.timers.tick(59_999)
    assert.equal(gateway.registry.find(key), run)
    t.mock.timers.tick(1)
    assert.equal(gateway.registry.find(key), null)
    assert.deepEqual([run.closed, run.outcome], ['the run is closed', null])
    const kept = gateway.registry.openRun({ keySeconds: null })
    t.mock.timers.tick(1e9)
    assert.equal(gateway.registry.find(kept.key), kept.run)
  })
})
