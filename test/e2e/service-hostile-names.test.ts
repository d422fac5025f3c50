import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { ProblemSchema } from '../../src/server/schemas/problem-schema.ts'
import { testService } from '../fixtures/server/test-service.ts'

const service = await testService()
const TRIPS = [
  '../../etc/passwd',
  '/etc/passwd',
  '..\\..\\x',
  '%2e%2e',
  'a/../../b',
  '~root',
  '-rf',
  '\u0000',
]
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
const JSON_TYPE = { 'content-type': 'application/json' }

/** Sends a path as it stands: `fetch` would tidy it up. */
function statusOf(target: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    socket.on('error', reject)
    socket.on('close', () => resolve({ status: Number(text.slice(9, 12)), text }))
    socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
  })
}

/** Sends a text as JSON; a literal of this language would leave `__proto__` out. */
const send = (path: string, body: string): Promise<Response> =>
  service.fetch(path, { method: 'POST', headers: JSON_TYPE, body })

describe('names that would lead elsewhere', () => {
  for (const name of TRIPS)
    it(`open nothing: ${JSON.stringify(name)}`, async () => {
      const issue = { title: 'x' }
      const encoded = encodeURIComponent(name)
      const answers = await Promise.all([
        service.post('/v1/estimates', { issue, repository: { name } }),
        service.post('/v1/runs', { task: name, model: 'gpt-5' }),
        service.post('/v1/runs', { task: 't', agent: name, model: 'gpt-5' }),
        service.post('/v1/trainings', { id: name }),
        ...['/v1/estimates/', '/v1/runs/', '/v1/trainings/', '/v1/reports/', '/assets/', '/runs/'].map(
          (path) => service.fetch(`${path}${encoded}`, { headers: { accept: 'application/json' } }),
        ),
        service.fetch(`/v1/trajectories?name=${encoded}`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: 'x',
        }),
      ])
      for (const answer of answers) {
        assert.ok(answer.status >= 400 && answer.status < 500, `${answer.url} ${answer.status}`)
        assert.doesNotMatch(await answer.text(), /root:|node_modules/)
      }
    })

  for (const target of [
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/v1/reports/..%2f..%2fetc%2fpasswd',
    '/v1/reports/budget%00.html',
    '/v1/estimates/%00',
    '/v1/estimates/%E0%A4%A',
    '/v1/estimates/%',
    '//evil.example/v1/models',
    '/v1//estimates',
    '/%00',
    '/..;/v1/models',
    '/.git/config',
  ])
    it(`are no way out of the addresses there are: ${target}`, async () => {
      const { status, text } = await statusOf(target)
      assert.ok(status === 400 || status === 404, text.slice(0, 200))
      assert.doesNotMatch(text, /"version"|root:/)
    })

  it('leave nothing in the folder of the service but what is its own', () => {
    const own = /^(foretoken\.db(-\w+)?|cache|jobs|repositories|uploads|models|service\.lock(-\w+)?)$/
    assert.deepEqual(
      readdirSync(service.folder).filter((name) => !own.test(name)),
      [],
    )
  })
})

describe('keys that objects have by themselves', () => {
  for (const key of KEYS)
    it(`are refused or are names like others: ${key}`, async () => {
      const before = Object.getOwnPropertyNames(Object.prototype)
      const value = `{"outputTokens":5,"totalTokens":9,"polluted":1,"allow":true}`
      const issue = '"issue":{"title":"x"}'
      const task = `{"id":"t",${issue},"models":["gpt-5"]}`
      const budget = '"models":["gpt-5"],"rules":[{"name":"a","perTask":{"usd":2}}]'
      const bodies: readonly (readonly [path: string, body: string])[] = [
        ['/v1/estimates', `{${issue},"${key}":${value}}`],
        ['/v1/estimates', `{"issue":{"title":"x","${key}":${value}}}`],
        ['/v1/estimates', `{${issue},"repository":{"name":"a/b","${key}":${value}}}`],
        [
          '/v1/estimates',
          `{${issue},"models":["gpt-5"],"selfForecasts":{"gpt-5":${value},"${key}":${value}}}`,
        ],
        ['/v1/verdicts', `{"budget":{${budget},"${key}":${value}},"tasks":[${task}]}`],
        [
          '/v1/verdicts',
          `{"budget":{"models":["gpt-5"],"rules":[{"name":"a","${key}":${value}}]},"tasks":[${task}]}`,
        ],
        ['/v1/verdicts', `{"budget":{${budget}},"tasks":[${task}],"baseline":{"${key}":${value}}}`],
        ['/v1/runs', `{"task":"t","model":"m","limits":{"${key}":${value}}}`],
        ['/v1/trainings', `{"id":"../x","${key}":${value}}`],
      ]
      for (const [path, body] of bodies) {
        const answer = await send(path, body)
        assert.equal(answer.status, 400, `${path} ${body}: ${await answer.text()}`)
      }
      for (const query of [`/v1/estimates?${key}=1`, `/v1/runs?${key}[x]=1`, `/v1/reports/${key}`])
        assert.equal((await service.fetch(query)).status, 400, query)
      assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before)
      assert.equal(Reflect.get({}, 'polluted'), undefined)
    })

  it('are forecast as models and agents that nobody has seen', async () => {
    const answer = await service.post('/v1/estimates', {
      issue: { title: 'x' },
      agent: '__proto__',
      models: KEYS,
    })
    assert.equal(answer.status, 201)
    const { forecasts } = (await answer.json()) as {
      forecasts: { model: string; costUsd: null; basis: { kinship: string } }[]
    }
    assert.deepEqual(
      forecasts.map(({ model, costUsd, basis }) => [model, costUsd, basis.kinship]),
      KEYS.map((model) => [model, null, 'unseen']),
    )
    const prices = await service.fetch('/v1/prices?model=constructor')
    assert.equal(((await prices.json()) as { prices: { kind: string }[] }).prices[0]?.kind, 'unknown')
  })
})

describe('what is sent in excess', () => {
  it('is refused where it nests deeper than anything that is taken', async () => {
    for (const levels of [100, 20_000, 400_000]) {
      const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`
      for (const [path, body] of [
        ['/v1/verdicts', `{"budget":{"a":${deep}},"tasks":[{"issue":{"title":"x"}}]}`],
        ['/v1/verdicts', `{"budget":{},"tasks":[{"issue":{"title":"x"}}],"baseline":{"a":${deep}}}`],
        ['/v1/estimates', `{"issue":${deep}}`],
      ] as const) {
        const answer = await send(path, body)
        assert.equal(answer.status, 400)
        assert.match(ProblemSchema.parse(await answer.json()).detail, /levels deep/)
      }
    }
  })

  it('is told of in a problem of bounded size', async () => {
    const keys = Array.from({ length: 5000 }, (_, i) => [`k${i}`, 1])
    const answer = await service.post('/v1/verdicts', {
      budget: Object.fromEntries(keys),
      tasks: [{ issue: { title: 'x' } }],
    })
    assert.equal(answer.status, 400)
    assert.equal(ProblemSchema.parse(await answer.json()).errors?.length, 100)
  })
})
