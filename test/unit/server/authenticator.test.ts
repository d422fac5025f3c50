import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answered, Asking } from '../../../src/server/auth/authenticator.ts'
import { parseApiKey } from '../../../src/store/api-key-text.ts'
import { revokeApiKey } from '../../../src/store/api-keys.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { newAuthenticator } from '../../fixtures/asking.ts'

type Headers = Asking['headers']

const asking = (headers: Headers, more: Partial<Asking> = {}): Asking => ({
  method: 'GET',
  headers: { host: '127.0.0.1:4242', ...headers },
  peer: '127.0.0.1',
  address: '127.0.0.1',
  secure: false,
  ...more,
})

/** The actor, or the code of the failure. */
const outcome = (answer: Answered): string =>
  'failure' in answer ? answer.failure.code : answer.principal.actor

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

describe('a key', () => {
  it('says who asks, and what they may', () => {
    const { auth, newKey, used } = newAuthenticator()
    const { key, kept } = newKey(['estimate', 'gate'])
    const answer = auth.authenticate(asking(bearer(key)))
    assert.ok('principal' in answer)
    assert.deepEqual(answer.principal, { actor: kept.id, scopes: new Set(['estimate', 'gate']) })
    assert.deepEqual(used, [kept.id])
  })

  it('is refused when it is mistyped, of another, revoked or out of date, without a word of which', () => {
    const { auth, newKey, store, clock, used } = newAuthenticator()
    const [late, gone, good] = [newKey(['run'], clock.ms + 10), newKey(['run']), newKey(['run'])]
    const other = openStore(store.file, { create: false })
    revokeApiKey(other, gone.kept.id, { actor: 'another process', atMs: clock.ms })
    other.close()
    clock.ms += 10
    const mixed = `ftk_${good.kept.id}_${parseApiKey(gone.key)?.secret}`
    const answers = [late.key, gone.key, `${good.key}x`, mixed].map((key, i) =>
      auth.authenticate(asking(bearer(key), { address: `192.0.2.${i}` })),
    )
    assert.deepEqual(answers.map(outcome), Array(4).fill('key-refused'))
    const told = answers.map((answer) => ('failure' in answer ? answer.failure.message : null))
    assert.equal(new Set(told).size, 1)
    assert.deepEqual(used, [])
  })

  it('is asked for by a service that the network reaches, on this machine too', () => {
    const { auth } = newAuthenticator({ requiresKey: true })
    assert.equal(outcome(auth.authenticate(asking({}))), 'key-missing')
  })

  it('that is no Bearer is none', () => {
    const { auth } = newAuthenticator()
    assert.equal(outcome(auth.authenticate(asking({ authorization: 'Basic eDp5' }))), 'key-missing')
  })

  it('that is wrong is refused also where none is needed', () => {
    const { auth } = newAuthenticator({ requiresKey: false })
    assert.equal(outcome(auth.authenticate(asking(bearer('ftk_x')))), 'key-refused')
  })
})

describe('guesses', () => {
  it('are put off after a few from one place, and counted anew after a while', () => {
    const { auth, clock } = newAuthenticator()
    const guess = (address: string) => auth.authenticate(asking(bearer('wrong'), { address }))
    const codes = Array.from({ length: 4 }, () => outcome(guess('192.0.2.1')))
    assert.deepEqual(codes, ['key-refused', 'key-refused', 'key-refused', 'rate-limited'])
    clock.ms += 20_000
    const limited = guess('192.0.2.1')
    assert.ok('failure' in limited)
    assert.equal(limited.retryAfterSeconds, 40)
    assert.equal(outcome(guess('192.0.2.2')), 'key-refused')
    clock.ms += 40_000
    assert.equal(outcome(guess('192.0.2.1')), 'key-refused')
  })

  it('lock nobody out who has a key', () => {
    const { auth, newKey } = newAuthenticator()
    const { key, kept } = newKey(['run'])
    for (let i = 0; i < 10; i++) auth.authenticate(asking(bearer('wrong')))
    assert.equal(outcome(auth.authenticate(asking(bearer(key)))), kept.id)
  })
})

describe('a service that needs no key', () => {
  const from = (headers: Headers, more: Partial<Asking> = {}) =>
    outcome(newAuthenticator({ requiresKey: false }).auth.authenticate(asking(headers, more)))

  it('answers this machine, by any of its own names', () => {
    for (const host of ['127.0.0.1:4242', 'localhost:4242', '[::1]:4242', 'localhost'])
      assert.equal(from({ host }), 'loopback', host)
    assert.equal(from({}, { peer: '::ffff:127.0.0.1' }), 'loopback')
    assert.equal(from({ origin: 'http://localhost:4242', host: 'localhost:4242' }), 'loopback')
    assert.equal(from({ 'sec-fetch-site': 'same-origin' }, { method: 'POST' }), 'loopback')
    assert.equal(from({ 'sec-fetch-site': 'same-origin', origin: 'null' }, { method: 'POST' }), 'loopback')
    assert.equal(from({ 'sec-fetch-site': 'none' }), 'loopback')
  })

  it('answers no name that a page could have rebound', () => {
    for (const host of [
      'evil.example:4242',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '',
      'a b',
      '@',
    ])
      assert.equal(from({ host }), 'origin-refused', host)
  })

  it('answers no page of another site, not even of another port', () => {
    for (const origin of [
      'http://evil.example',
      'null',
      'http://127.0.0.1:3000',
      'https://127.0.0.1:4242/x y',
    ])
      assert.equal(from({ origin }), origin.startsWith('https') ? 'loopback' : 'origin-refused', origin)
    assert.equal(from({ 'sec-fetch-site': 'cross-site' }), 'origin-refused')
    assert.equal(from({ 'sec-fetch-site': 'same-site' }, { method: 'POST' }), 'origin-refused')
  })

  it('asks everybody else for one: other machines, and who comes through a proxy on this one', () => {
    for (const peer of ['192.0.2.1', '', '::2', 'fe80::1%eth0'])
      assert.equal(from({}, { peer }), 'key-missing', peer)
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])
      assert.equal(from({ [name]: '127.0.0.1' }), 'key-missing', name)
  })
})

describe('a form', () => {
  const form = (headers: Headers) => asking(headers, { method: 'POST' })

  it('of another site is refused, whatever key or cookie comes with it', () => {
    const { auth, newKey } = newAuthenticator()
    const { key } = newKey(['admin'])
    const foreign = { host: 'foretoken.example', origin: 'https://evil.example' }
    assert.equal(outcome(auth.authenticate(form({ ...foreign, ...bearer(key) }))), 'origin-refused')
    assert.equal(
      outcome(auth.authenticate(form({ 'sec-fetch-site': 'same-site', ...bearer(key) }))),
      'origin-refused',
    )
    const answer = auth.signIn(key, form(foreign))
    assert.ok('failure' in answer && answer.failure.code === 'origin-refused')
  })

  it('is what is refused, and no reading with a key: that needs no protection from a page', () => {
    const { auth, newKey } = newAuthenticator()
    const { key, kept } = newKey(['admin'])
    assert.equal(
      outcome(auth.authenticate(asking({ 'sec-fetch-site': 'cross-site', ...bearer(key) }))),
      kept.id,
    )
  })

  it('of the service itself is taken, under the name it was asked by and under its public one', () => {
    const { auth, newKey } = newAuthenticator({ publicUrl: 'https://foretoken.example/base' })
    const { key, kept } = newKey(['admin'])
    for (const origin of ['https://10.0.0.7:8080', 'https://foretoken.example']) {
      const answer = auth.authenticate(form({ host: '10.0.0.7:8080', origin, ...bearer(key) }))
      assert.equal(outcome(answer), kept.id, origin)
    }
  })
})

describe('a session', () => {
  const signedIn = (secure = false) => {
    const made = newAuthenticator()
    const { key, kept } = made.newKey(['estimate'])
    const answer = made.auth.signIn(` ${key}\n`, asking({}, { method: 'POST', secure }))
    assert.ok('cookie' in answer)
    const [cookie = '', ...attributes] = answer.cookie.split('; ')
    return { ...made, kept, cookie, attributes }
  }

  it('stands for its key, in a cookie that no script and no other site can use', () => {
    const { auth, cookie, kept, attributes } = signedIn(true)
    assert.equal(outcome(auth.authenticate(asking({ cookie: `a=b; ${cookie}; c=d` }))), kept.id)
    assert.deepEqual(attributes, ['Max-Age=28800', 'Path=/', 'HttpOnly', 'SameSite=Strict', 'Secure'])
    assert.ok(!signedIn(false).attributes.includes('Secure'))
    assert.ok(!cookie.includes(kept.id))
  })

  it('ends with its key', () => {
    const { auth, cookie, kept, store, clock } = signedIn()
    revokeApiKey(store, kept.id, { actor: 'test', atMs: clock.ms })
    assert.equal(outcome(auth.authenticate(asking({ cookie }))), 'key-missing')
  })

  it('ends by itself, and when it is ended', () => {
    const { auth, cookie, clock } = signedIn()
    clock.ms += 8 * 3_600_000
    assert.equal(outcome(auth.authenticate(asking({ cookie }))), 'key-missing')
    const other = signedIn()
    assert.match(other.auth.signOut(asking({ cookie: other.cookie })), /^ftk_session=; Max-Age=0; /)
    assert.equal(outcome(other.auth.authenticate(asking({ cookie: other.cookie }))), 'key-missing')
  })

  it('is not had for a wrong key, which counts as a guess', () => {
    const { auth } = newAuthenticator()
    const codes = Array.from({ length: 4 }, () => {
      const answer = auth.signIn('wrong', asking({}, { method: 'POST' }))
      return 'failure' in answer ? answer.failure.code : 'signed in'
    })
    assert.deepEqual(codes, ['key-refused', 'key-refused', 'key-refused', 'rate-limited'])
  })
})
