import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { SCOPES, type Scope } from '../../src/server/auth/principal.ts'
import type { Route } from '../../src/server/routes/route.ts'
import { ROUTES } from '../../src/server/routes/routes.ts'
import { ProblemSchema } from '../../src/server/schemas/problem-schema.ts'
import { createApiKey, revokeApiKey } from '../../src/store/api-keys.ts'
import { openStore } from '../../src/store/open-store.ts'
import { testService } from '../fixtures/server/test-service.ts'

const service = await testService({
  settings: { keysRequired: true, limits: { requestsPerMinute: 100_000 } },
})
const store = openStore(service.database, { create: true })
const DOING = { atMs: Date.now(), actor: 'test' }
/** Every key that this file makes, or makes up. */
const secrets: string[] = []

function newKey(scopes: readonly string[], expiresMs: number | null = null) {
  const made = createApiKey(store, { name: 'test', scopes, expiresMs }, DOING)
  secrets.push(made.key)
  return { ...made, headers: { authorization: `Bearer ${made.key}` } }
}

const revoked = newKey(['admin'])
revokeApiKey(store, revoked.kept.id, DOING)
const expired = newKey(['admin'], Date.now() - 1)
const WRONG = `${newKey(['admin']).key.slice(0, -5)}AAAAA`
secrets.push(WRONG)
const NONE = newKey([])
const BY_SCOPE = new Map<Scope, ReturnType<typeof newKey>>(SCOPES.map((scope) => [scope, newKey([scope])]))

/** Asks a route for what it cannot find or read: who may ask is told before that. */
function ask({ method, path }: Route, headers: Record<string, string>, address = ''): Promise<Response> {
  return service.fetch(`${path.replace('{name}', 'budget').replace(/\{\w+\}/g, 'no-such')}${address}`, {
    method: method.toUpperCase(),
    headers,
    signal: AbortSignal.timeout(20_000),
    ...(method === 'post' ? { body: 'x' } : {}),
  })
}

const mayAsk = ({ access }: Route, scope: Scope | null): boolean =>
  access === 'public' || access === 'any-key' || scope === 'admin' || access === scope

const problemOf = async (response: Response) => {
  assert.match(response.headers.get('content-type') ?? '', /problem\+json/)
  return ProblemSchema.parse(await response.json())
}

describe('who may ask', () => {
  for (const route of ROUTES) {
    // A report is made by a program of its own, which takes its time.
    const isQuick = route.path !== '/v1/reports/{name}'
    const name = `${route.method} ${route.path}`
    it(`for ${name} is who has the scope, and nobody else: ${route.access}`, async () => {
      for (const [scope, key] of [[null, NONE] as const, ...BY_SCOPE]) {
        const response = await ask(route, key.headers, isQuick ? '' : '?format=no-such')
        if (mayAsk(route, scope)) {
          assert.ok(![401, 403, 429].includes(response.status), `${scope}: ${response.status}`)
          await response.body?.cancel()
        } else {
          assert.equal(response.status, 403, String(scope))
          assert.equal((await problemOf(response)).code, 'scope-missing')
        }
      }
    })

    it(`for ${name} is nobody without a key, or with one that is not in force`, async () => {
      const codes = new Map<string, number[]>()
      for (const [what, headers] of [
        ['none', {}],
        ['basic', { authorization: 'Basic YTpi' }],
        ['wrong', { authorization: `Bearer ${WRONG}` }],
        ['revoked', revoked.headers],
        ['expired', expired.headers],
        ['cookie', { cookie: `ftk_session=${'a'.repeat(43)}` }],
      ] as const) {
        const response = await ask(route, headers)
        codes.set(what, [...(codes.get(what) ?? []), response.status])
        if (route.access === 'public') assert.equal(response.status, 200, what)
        else assert.ok([401, 429].includes(response.status), `${what}: ${response.status}`)
        if (response.status === 401) assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/)
        await response.body?.cancel()
      }
    })
  }

  it('is told to wait who guesses, while a good key goes on', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 15; i++) {
      const response = await service.fetch('/v1/models', {
        headers: { authorization: `Bearer ${WRONG}${i}` },
      })
      statuses.push(response.status)
      if (response.status === 429) {
        assert.ok(Number(response.headers.get('retry-after')) >= 1)
        assert.equal((await problemOf(response)).code, 'rate-limited')
      } else await response.body?.cancel()
    }
    assert.equal(statuses.at(-1), 429)
    assert.equal((await service.fetch('/v1/models', { headers: NONE.headers })).status, 200)
  })

  it('is no longer who had a key that is revoked, from the next request on', async () => {
    const key = newKey(['estimate'])
    assert.equal((await service.fetch('/v1/estimates', { headers: key.headers })).status, 200)
    revokeApiKey(store, key.kept.id, DOING)
    assert.ok([401, 429].includes((await service.fetch('/v1/estimates', { headers: key.headers })).status))
  })

  it('is no page of another site, whatever the key', async () => {
    const { headers } = newKey(['admin'])
    const body = JSON.stringify({ issue: { title: 'x' }, models: ['gpt-5'] })
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const response = await service.fetch('/v1/estimates', {
        method: 'POST',
        headers: { ...headers, ...foreign, 'content-type': 'application/json' },
        body,
      })
      assert.equal(response.status, 403, JSON.stringify(foreign))
      assert.equal((await problemOf(response)).code, 'origin-refused')
    }
  })
})

describe('the text of a key', () => {
  it('stands in no answer, log, metric or file, wherever it was sent', async () => {
    const key = newKey(['admin'])
    const text = key.key
    const { headers } = key
    const json = { ...headers, 'content-type': 'application/json' }
    const ask = (path: string, init: RequestInit = {}) => service.fetch(path, { headers, ...init })
    const answers = [
      await ask(`/v1/estimates/${text}`),
      await ask(`/v1/runs/${text}`),
      await ask(`/${text}`),
      await ask(`/v1/estimates?key=${text}`),
      await ask(`/v1/estimates?cursor=${text}`),
      await ask('/v1/models', { headers: { ...headers, 'request-id': text } }),
      await ask('/v1/models', { headers: { authorization: text } }),
      await ask('/v1/models', { headers: { authorization: `Bearer ${text}x` } }),
      await ask(`/v1/runs/${text}`, { method: 'DELETE' }),
      await ask('/v1/estimates', {
        method: 'POST',
        headers: { ...headers, 'content-type': text },
        body: '{}',
      }),
      await ask('/v1/estimates', { method: 'POST', headers: json, body: `{"${text}":1}` }),
      await ask('/v1/runs', {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ task: text, model: 'm' }),
      }),
      await ask('/metrics'),
    ]
    for (const answer of answers) {
      const told = `${await answer.text()} ${JSON.stringify([...answer.headers])}`
      for (const secret of secrets) assert.ok(!told.includes(secret), `${answer.url}: ${told}`)
    }
    await service.close()
    store.close()
    for (const secret of secrets) assert.ok(!service.log().includes(secret))
    const files = readdirSync(service.folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    )
    assert.ok(files.some(({ name }) => name === 'foretoken.db'))
    for (const { name, parentPath } of files) {
      const bytes = readFileSync(join(parentPath, name))
      for (const secret of secrets)
        for (const form of [secret, secret.slice(17)]) assert.equal(bytes.indexOf(form), -1, name)
    }
  })
})
