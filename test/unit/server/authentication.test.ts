import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, describe, it } from 'node:test'
import express, { type ErrorRequestHandler } from 'express'
import { KnownError } from '../../../src/errors.ts'
import {
  actorOf,
  authentication,
  principalOf,
  requireScope,
  signIn,
  signOut,
} from '../../../src/server/auth/authentication.ts'
import { newAuthenticator } from '../../fixtures/asking.ts'

const failure: ErrorRequestHandler = (error, _request, response, _next) => {
  if (error instanceof KnownError) response.status(error.status).json({ code: error.code })
  else response.status(500).json({ message: String(error) })
}

/** A small service behind keys, and how it is asked. */
async function service(trustProxy: false | number = false) {
  const made = newAuthenticator()
  const app = express()
  app.set('trust proxy', trustProxy)
  app.get('/open', (_request, response) => void response.json({ actor: actorOf(response) }))
  app.get('/forgotten', (_request, response) => void response.json(principalOf(response)))
  app.post('/sign-in', express.urlencoded(), signIn(made.auth, '/'))
  app.use(authentication(made.auth))
  app.post('/sign-out', signOut(made.auth, '/'))
  app.get('/trainings', requireScope('admin'), (_request, response) => void response.json('trained'))
  app.get('/', requireScope('estimate'), (_request, response) => void response.json(actorOf(response)))
  app.use(failure)
  const server = createServer(app)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const ask = (path: string, more: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...more })
  return { ...made, ask }
}

describe('a service behind keys', () => {
  it('tells who has none how to come by one', async () => {
    const { ask } = await service()
    const reply = await ask('/')
    assert.deepEqual([reply.status, await reply.json()], [401, { code: 'key-missing' }])
    assert.equal(reply.headers.get('www-authenticate'), 'Bearer realm="foretoken"')
  })

  it('lets a key do what its scopes say, and admin everything', async () => {
    const { ask, newKey } = await service()
    const [narrow, wide] = [newKey(['estimate']), newKey(['admin'])]
    const as = (key: string) => ({ headers: { authorization: `bearer ${key}` } })
    assert.equal(await (await ask('/', as(narrow.key))).json(), narrow.kept.id)
    const refused = await ask('/trainings', as(narrow.key))
    assert.deepEqual([refused.status, await refused.json()], [403, { code: 'scope-missing' }])
    assert.equal((await ask('/trainings', as(wide.key))).status, 200)
    assert.equal((await ask('/', as(wide.key))).status, 200)
  })

  it('says how long to wait after too many wrong keys', async () => {
    const { ask } = await service()
    const guess = () => ask('/', { headers: { authorization: 'Bearer x' } })
    for (let i = 0; i < 3; i++) assert.equal((await guess()).headers.get('retry-after'), null)
    const reply = await guess()
    assert.deepEqual([reply.status, reply.headers.get('retry-after')], [429, '60'])
  })

  it('counts wrong keys by what a proxy tells of clients only where one is trusted', async () => {
    for (const [trustProxy, status] of [
      [false, 429],
      [1, 401],
    ] as const) {
      const { ask } = await service(trustProxy)
      const guess = (client: number) =>
        ask('/', { headers: { authorization: 'Bearer x', 'x-forwarded-for': `192.0.2.${client}` } })
      for (let i = 0; i < 3; i++) await guess(i)
      assert.equal((await guess(9)).status, status)
    }
  })

  it('takes a key from its form, and a cookie from then on', async () => {
    const { ask, newKey } = await service()
    const { key, kept } = newKey(['estimate'])
    const reply = await ask('/sign-in', { method: 'POST', body: new URLSearchParams({ key }) })
    assert.deepEqual([reply.status, reply.headers.get('location')], [303, '/'])
    assert.equal(reply.headers.get('cache-control'), 'no-store')
    const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? ''
    assert.equal(await (await ask('/', { headers: { cookie } })).json(), kept.id)
    const out = await ask('/sign-out', { method: 'POST', headers: { cookie } })
    assert.match(out.headers.get('set-cookie') ?? '', /Max-Age=0/)
    assert.equal((await ask('/', { headers: { cookie } })).status, 401)
  })

  it('leads back to where the browser came from, and to no other site', async () => {
    const { ask, newKey } = await service()
    const { key } = newKey(['estimate'])
    for (const [next, led] of [
      ['/runs?model=gpt-5', '/runs?model=gpt-5'],
      ['//evil.example', '/'],
      ['/\\\\evil.example', '/'],
      ['https://evil.example', '/'],
    ] as const) {
      const reply = await ask('/sign-in', { method: 'POST', body: new URLSearchParams({ key, next }) })
      assert.equal(reply.headers.get('location'), led, next)
    }
  })

  it('takes no form without a key in it', async () => {
    const { ask } = await service()
    for (const body of [new URLSearchParams({}), new URLSearchParams('key=a&key=b'), 'x']) {
      const reply = await ask('/sign-in', { method: 'POST', body })
      assert.deepEqual([reply.status, reply.headers.get('set-cookie')], [401, null])
    }
  })

  it('knows nobody in front of the keys, and calls a route that asks there a bug', async () => {
    const { ask } = await service()
    assert.deepEqual(await (await ask('/open')).json(), { actor: null })
    assert.equal((await ask('/forgotten')).status, 500)
  })
})
