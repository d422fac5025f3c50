import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { KnownError } from '../../src/errors.ts'
import { sessionCookie, sessionToken } from '../../src/server/auth/session-cookie.ts'
import { parseServiceSettings } from '../../src/server/settings/service-settings.ts'
import { newAuthenticator } from '../fixtures/asking.ts'

const header = fc.option(fc.string({ unit: 'binary', maxLength: 80 }), { nil: undefined })
const headers = fc.record({
  host: header,
  origin: header,
  cookie: header,
  authorization: fc.oneof(
    header,
    fc.string().map((text) => `Bearer ${text}`),
  ),
  'sec-fetch-site': header,
  'x-forwarded-for': header,
})
const asked = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'BREW'),
  headers,
  peer: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
  address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
  secure: fc.boolean(),
})

const keyed = newAuthenticator({ requiresKey: true })
const open = newAuthenticator({ requiresKey: false })
const { key } = keyed.newKey(['admin'])
after(() => {
  keyed.store.close()
  open.store.close()
})

describe('whoever asks', () => {
  it('is nobody without a key, whatever else is sent', () =>
    fc.assert(
      fc.property(asked, (asking) => {
        const answer = keyed.auth.authenticate(asking)
        assert.ok('failure' in answer && answer.failure.status >= 400 && answer.failure.status < 500)
      }),
    ))

  it('is nobody on another machine, where this one needs no key', () =>
    fc.assert(
      fc.property(asked, fc.ipV4(), (asking, peer) => {
        fc.pre(!peer.startsWith('127.'))
        assert.ok('failure' in open.auth.authenticate({ ...asking, peer }))
      }),
    ))

  it('is nobody with a key that differs in any character', () =>
    fc.assert(
      fc.property(fc.nat(key.length - 1), fc.stringMatching(/^[\w-]$/), (place, char) => {
        fc.pre(key[place] !== char)
        const wrong = key.slice(0, place) + char + key.slice(place + 1)
        const authorization = `Bearer ${wrong}`
        const asking = { method: 'GET', headers: { authorization }, peer: '', address: '', secure: true }
        assert.ok('failure' in keyed.auth.authenticate(asking))
      }),
    ))
})

describe('a cookie', () => {
  it('is found again among any others', () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\w-]{43}$/),
        fc.array(fc.stringMatching(/^[a-z]{1,9}=[\w-]{0,50}$/)),
        (token, others) => {
          const [own = ''] = sessionCookie(token, true, 1000).split('; ')
          assert.equal(sessionToken([...others, own].join('; ')), token)
          assert.equal(sessionToken([own, ...others].join('; ')), token)
          assert.equal(sessionToken(others.join('; ')), null)
        },
      ),
    ))
})

describe('settings of the service', () => {
  const known = fc.constantFrom(
    'schema',
    'host',
    'port',
    'limits',
    'runs',
    'trustProxy',
    'repositories',
    'log',
    'keysRequired',
  )
  const files = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.dictionary(known, fc.jsonValue()).map((value) => JSON.stringify({ schema: 'service/1', ...value })),
  )

  it('are taken, or told of at a place of the file, whatever is in it', () =>
    fc.assert(
      fc.property(files, (text) => {
        try {
          parseServiceSettings(text, 'service.json', '/srv')
        } catch (error) {
          assert.ok(error instanceof KnownError, String(error))
          assert.equal(error.code, 'service-malformed')
          assert.ok(error.problems.length > 0)
          for (const { line, column, found, fix } of error.problems)
            assert.ok(line >= 1 && column >= 1 && found !== '' && fix !== '')
        }
      }),
    ))
})
