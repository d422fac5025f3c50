import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { REDACTED, redactor } from '../../../src/gateway/cassette/redactor.ts'
import { tellingHeaders } from '../../../src/gateway/cassette/reply-headers.ts'
import { asks, CHAT, prompt, recorded } from '../../fixtures/gateway/cassettes.ts'

const SECRET = 'run-key/with "quotes"+é'
const { text, pieces, json } = redactor([SECRET, 'another-secret'])

describe('a redactor', () => {
  for (const [form, written] of [
    ['as it is', SECRET],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ['in ASCII JSON', JSON.stringify(SECRET).slice(1, -1).replace('é', '\\u00E9').replace('/', '\\/')],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a form', new URLSearchParams({ a: SECRET }).toString().slice(2)],
    ['in a URL in lower case', encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
  ] as const) {
    it(`takes a secret out ${form}`, () => {
      assert.equal(text(`before ${written} after`), `before ${REDACTED} after`)
    })
  }

  it('takes a secret out of base64, wherever it lies in it', () => {
    for (const before of ['', 'u', 'us', 'use', 'user:']) {
      const kept = text(`Basic ${Buffer.from(`${before}${SECRET}:x`).toString('base64')}`)
      assert.match(kept, /\[redacted\]/)
      const decoded = Buffer.from(kept.slice(6).replace(REDACTED, ''), 'base64').toString()
      assert.ok(!decoded.includes(SECRET.slice(2, -2)))
    }
  })

  for (const key of [
    'sk-proj-abcdefgh12345678',
    'sk-ant-api03-abcdefgh-12345678',
    `AIza${'Sy0123456789'.repeat(3)}`,
    `ghp_${'a1b2c3d4'.repeat(4)}`,
    `github_pat_${'a1b2c3d4'.repeat(4)}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijk`,
  ]) {
    it(`takes out what looks like a key: ${key.slice(0, 9)}…`, () => {
      assert.equal(text(`key=${key}, `), `key=${REDACTED}, `)
      assert.equal(text(`"a\\n${key}"`), `"a\\n${REDACTED}"`)
      assert.equal(text(`x%3D${key}&y`), `x%3D${REDACTED}&y`)
    })
  }

  it('takes out what stands for a bearer', () => {
    assert.equal(text('Authorization: Bearer abc.def/ghi+jkl_mno=='), `Authorization: Bearer ${REDACTED}`)
  })

  it('leaves words that look alike', () => {
    const words = 'the task-runner-for-everything12345, sk-fading-circle-container, disk-usage-analysis-1'
    assert.equal(text(words), words)
  })

  it('leaves secrets of fewer than eight characters, which ordinary words contain', () => {
    assert.equal(redactor(['key', '']).text('the key'), 'the key')
  })

  it('takes a secret out of pieces, in the first that has some of it', () => {
    assert.deepEqual(pieces(['x another', '-sec', 'ret y']), [`x ${REDACTED}`, '', ' y'])
  })

  it('takes secrets out of names of members too', () => {
    assert.deepEqual(json({ 'another-secret': [1, null, 'b another-secret'] }), {
      [REDACTED]: [1, null, `b ${REDACTED}`],
    })
  })

  it('leaves JSON what it is, though a secret goes on from an escape or into one', () => {
    const cases = [
      ['nabcdefgh', '{"a":"x\\nabcdefgh"}'],
      ['e9abcdefgh', '{"a":"x\\u00e9abcdefgh"}'],
      ['abcdefgh\\', '{"a":"abcdefgh\\\\\\"b"}'],
      ['abcdefgh\\', '{"a":"abcdefgh\\\\"}'],
      ['abcdefgh\\u00', '{"a":"abcdefgh\\u00e9b"}'],
    ] as const
    for (const [secret, written] of cases) {
      const kept = redactor([secret]).text(written)
      assert.ok(kept.includes(REDACTED))
      assert.ok(!kept.includes(secret))
      assert.doesNotThrow(() => JSON.parse(kept), kept)
    }
  })

  it('takes time linear in the text', () => {
    for (const bit of ['\\', '\\u00', 'sk-', 'eyJ-', 'Bearer ', 'r', 'run-key', '%22', 'ghp_']) {
      const from = performance.now()
      text(bit.repeat(500_000 / bit.length))
      assert.ok(performance.now() - from < 3000, `${bit} takes ${performance.now() - from} ms`)
    }
  })
})

describe('a recording', () => {
  const redact = redactor(['another-secret'])

  it('takes out a secret that a stream tells bit by bit', () => {
    const event = (content: string) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
    const stream = `${event('the key is ano')}${event('ther-')}: keep-alive\n\n${event('secret.')}data: [DONE]\n\n`
    const { reply } = recorded(asks(prompt('a')), { chunks: [[1, stream]], redact })
    const told = [...(reply.chunks[0]?.[1] ?? '').matchAll(/"content":"(.*?)"/g)].map((match) => match[1])
    assert.equal(told.join(''), `the key is ${REDACTED}.`)
    assert.match(reply.chunks[0]?.[1] ?? '', /: keep-alive\n\n.*data: \[DONE\]\n\n$/s)
  })

  it('takes secrets out of paths, queries, headers and bodies that are not text', () => {
    const target = { ...CHAT, path: '/another-secret' }
    const line = recorded(asks({ a: 'another-secret' }, target, redact), {
      headers: { 'X-Request-Id': 'another-secret' },
      chunks: [
        [1, Buffer.from([0xff, 0xfe])],
        [2, 'another-'],
        [3, 'secret'],
      ],
      redact,
    })
    assert.equal(line.reply.encoding, 'base64')
    assert.equal(Buffer.from(line.reply.chunks[1]?.[1] ?? '', 'base64').toString(), REDACTED)
    assert.doesNotMatch(JSON.stringify(line), /another-secret/)
  })
})

describe('the headers of a recorded reply', () => {
  it('are those that tell a client something', () => {
    const given = {
      'Content-Type': 'text/event-stream',
      'retry-after': '3',
      'anthropic-ratelimit-tokens-remaining': '5',
      'x-ratelimit-reset-requests': '1s',
      'request-id': 'req_1',
      'set-cookie': ['a=b'],
      authorization: 'Bearer x',
      'content-length': '5',
      'content-encoding': 'gzip',
      'transfer-encoding': 'chunked',
      'openai-organization': 'acme',
      'anthropic-organization-id': 'acme',
      'cf-ray': 'x',
    }
    assert.deepEqual(Object.keys(tellingHeaders(given)), [
      'content-type',
      'retry-after',
      'anthropic-ratelimit-tokens-remaining',
      'x-ratelimit-reset-requests',
      'request-id',
    ])
  })
})
