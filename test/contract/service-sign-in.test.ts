import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keyFor, testService } from '../fixtures/server/test-service.ts'

const closed = await testService({ settings: { keysRequired: true } })
const proxied = await testService({ settings: { trustProxy: 1 } })
const { authorization } = keyFor(closed.database, ['estimate'])
const key = authorization?.replace('Bearer ', '') ?? ''

const send = (path: string, body: URLSearchParams | string, headers: Record<string, string> = {}) =>
  closed.fetch(path, { method: 'POST', body, headers, redirect: 'manual' })

describe('a service behind keys', () => {
  it('takes a key from its form, and a cookie from then on, until it is signed out', async () => {
    const reply = await send('/sign-in', new URLSearchParams({ key }))
    assert.deepEqual([reply.status, reply.headers.get('location')], [303, '/'])
    assert.equal(reply.headers.get('cache-control'), 'no-store')
    const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? ''
    const status = async () => (await closed.fetch('/v1/models', { headers: { cookie } })).status
    assert.equal(await status(), 200)
    const out = await send('/sign-out', '', { cookie })
    assert.match(out.headers.get('set-cookie') ?? '', /Max-Age=0/)
    assert.equal(await status(), 401)
  })

  it('leads back to where the browser came from, and to no other site', async () => {
    for (const [next, led] of [
      ['/runs?model=gpt-5', '/runs?model=gpt-5'],
      ['//evil.example', '/'],
      ['/\\\\evil.example', '/'],
      ['https://evil.example', '/'],
    ] as const) {
      const reply = await send('/sign-in', new URLSearchParams({ key, next }))
      assert.equal(reply.headers.get('location'), led, next)
    }
  })

  it('takes no form without one good key in it', async () => {
    for (const body of [
      new URLSearchParams({}),
      new URLSearchParams('key=a&key=b'),
      new URLSearchParams({ key: 'x' }),
    ]) {
      const reply = await send('/sign-in', body)
      assert.deepEqual([reply.status, reply.headers.get('set-cookie')], [401, null])
    }
  })

  it('counts wrong keys by what a proxy tells of clients where one is trusted, and else by the proxy', async () => {
    const guesses = async (service: typeof closed): Promise<readonly number[]> => {
      const statuses: number[] = []
      for (let client = 0; client < 14; client++) {
        const headers = { authorization: 'Bearer x', 'x-forwarded-for': `192.0.2.${client}` }
        statuses.push((await service.fetch('/v1/models', { headers })).status)
      }
      return statuses
    }
    assert.ok((await guesses(proxied)).every((status) => status === 401))
    assert.ok((await guesses(closed)).includes(429))
  })
})
