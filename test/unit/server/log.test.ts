import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type LoggedRequest, type LogOptions, openLog } from '../../../src/server/telemetry/log.ts'
import { withoutSecrets } from '../../../src/server/telemetry/without-secrets.ts'
import { newApiKeyText, writeApiKey } from '../../../src/store/api-key-text.ts'
import { AT_MS } from '../../fixtures/runs.ts'

function newLog(more: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const log = openLog({
    ...{ level: 'info', issueText: false, version: '1.2.3', nowMs: () => AT_MS },
    write: (line) => void lines.push(line),
    ...more,
  })
  return { log, lines, told: () => lines.map((line) => JSON.parse(line)) }
}

const request = (more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  ...{ requestId: 'r-1', method: 'GET', route: '/v1/runs/{id}', status: 200, ms: 1.5 },
  ...{ actor: 'key-1', bytes: 320, traceId: null },
  ...more,
})

describe('the log of the service', () => {
  it('tells each request in a line of JSON', () => {
    const { log, lines, told } = newLog()
    log.request(request())
    assert.deepEqual(told(), [
      {
        ...{ level: 'info', time: '2026-11-20T12:00:00.000Z', service: 'foretoken', version: '1.2.3' },
        ...{ what: 'request', ...request() },
      },
    ])
    assert.match(lines[0] ?? '', /^[^\n]*\n$/)
  })

  it('tells failures of its own louder, and questions after its health only to who wants all', () => {
    const { log, told } = newLog()
    log.request(request({ status: 500 }))
    log.request(request({ route: '/readyz' }))
    log.request(request({ route: '/readyz', status: 503 }))
    assert.deepEqual(
      told().map(({ level, status }) => [level, status]),
      [
        ['error', 500],
        ['error', 503],
      ],
    )
    const all = newLog({ level: 'debug' })
    all.log.request(request({ route: '/readyz' }))
    assert.equal(all.told()[0].level, 'debug')
    const none = newLog({ level: 'silent' })
    none.log.bug(new Error('x'), null)
    assert.deepEqual(none.lines, [])
  })

  it('holds the text of an issue only where that is allowed, and then not all of it', () => {
    const text = { title: 'the title', body: 'b'.repeat(10_000) }
    const [shut, open] = [newLog(), newLog({ issueText: true })]
    shut.log.issue('r-1', text)
    open.log.issue('r-1', text)
    assert.deepEqual(shut.lines, [])
    assert.deepEqual([open.told()[0].title, open.told()[0].body.length], ['the title', 2000])
  })

  it('tells a bug with its stack', () => {
    const { log, told } = newLog()
    log.bug(new TypeError('it broke'), 'r-9')
    const [{ level, requestId, error, message, stack }] = told()
    assert.deepEqual([level, requestId, error, message], ['error', 'r-9', 'TypeError', 'it broke'])
    assert.match(stack, /log\.test\.ts/)
  })

  it('holds no credential, whatever it is called and wherever it stands', () => {
    const key = writeApiKey(newApiKeyText())
    const { log, lines, told } = newLog()
    log.info('asked', {
      authorization: `Bearer ${key}`,
      headers: { cookie: 'x' },
      deep: { cookie: 'ftk_session=abc' },
    })
    log.warn(`no such thing: ${key}`, { url: `https://user:hunter2@example.com/?q=${key}` })
    log.bug(new Error(`Authorization: Basic dXNlcjpwdw== and "ftk_session=secret1"`), key)
    const text = lines.join('')
    for (const secret of [key, key.slice(4), 'hunter2', 'dXNlcjpwdw', 'secret1', 'abc"'])
      assert.ok(!text.includes(secret), secret)
    assert.equal(told().length, 3)
  })

  it('stays JSON, and free of keys, whatever stands around them', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (before, after) => {
        const key = writeApiKey(newApiKeyText())
        const line = withoutSecrets(JSON.stringify({ a: `${before}${key}${after}`, b: `Bearer ${key}` }))
        assert.ok(!line.includes(key))
        assert.equal(typeof JSON.parse(line).a, 'string')
        assert.equal(JSON.parse(line).b, 'Bearer …')
      }),
    ))
})
