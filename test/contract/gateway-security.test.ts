import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { upstreamOf } from '../../src/gateway/upstream/upstream.ts'
import { upstreamSource } from '../../src/gateway/upstream/upstream-source.ts'
import { rawClient, sayRaw } from '../fixtures/gateway/raw-client.ts'
import { QUESTIONS } from '../fixtures/gateway/same-question.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { PROVIDER_KEY, testGateway } from '../fixtures/gateway/test-gateway.ts'
import { type WatchedGateway, watchedGateway } from '../fixtures/gateway/watched-gateway.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

let upstream: ScriptedUpstream
let watched: WatchedGateway
before(async () => {
  upstream = await scriptedUpstream({ script: mendScript })
  watched = await watchedGateway(upstream.url)
})
after(async () => {
  await watched.gateway.close()
  await upstream.close()
})

const [CHAT, CHAT_BODY] = QUESTIONS['openai-chat'](false)
const BODY = JSON.stringify(CHAT_BODY)

/** How a request to the gateway, or to a socket of it, was answered. */
function post(address: string, headers: Readonly<Record<string, string>> = {}, body = BODY) {
  return fetch(address, { method: 'POST', headers, body })
}

/** A request as text. */
const wire = (first: string, headers: readonly string[] = [], body = BODY): string =>
  [first, 'Host: x', `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n')

const pathOf = (path = CHAT): string => new URL(watched.run.baseUrl).pathname + path

/** What of this went to the provider, and the statuses that came back. */
async function outcome(text: string) {
  const before = upstream.received.length
  const got = await sayRaw(watched.gateway.url, text)
  const statuses = [...got.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))
  return { statuses, got, passed: upstream.received.slice(before) }
}

const CLOSE = 'Connection: close'

describe('a key of a run', () => {
  it('opens its own budget only, wherever it is sent', async () => {
    const poor = watched.gateway.openRun({ limits: { calls: 0 } })
    const rich = watched.gateway.openRun()
    const bearer = ({ key }: { readonly key: string }) => ({ authorization: `Bearer ${key}` })
    const base = `${watched.gateway.url}${CHAT}`
    const refusals = [
      await post(poor.baseUrl + CHAT),
      await post(base, bearer(poor)),
      await post(poor.baseUrl + CHAT, bearer(poor)),
      await post(poor.baseUrl + CHAT, bearer(rich)),
      await post(rich.baseUrl + CHAT, bearer(poor)),
      await post(rich.baseUrl + CHAT, { 'x-api-key': poor.key }),
      await post(base, { ...bearer(rich), 'x-api-key': poor.key }),
      await post(base, { ...bearer(rich), 'x-goog-api-key': `${rich.key}, ${poor.key}` }),
    ].map(({ headers }) => headers.get('x-foretoken-refusal'))
    const [spent, unknown] = ['over-budget', 'unknown-key']
    assert.deepEqual(refusals, [...Array(3).fill(spent), ...Array(5).fill(unknown)])
    assert.equal(rich.exchanges().length + poor.exchanges().length, 3)
    assert.equal((await post(base, bearer(rich))).status, 200)
  })

  it('opens nothing where it is unknown, cut, or of a run that is closed', async () => {
    const closed = watched.gateway.openRun()
    await closed.close()
    const { key } = watched.run
    const keys = [closed.key, key.slice(0, -1), `${key}x`, key.toUpperCase(), 'ftk_', PROVIDER_KEY, '']
    for (const each of keys) {
      const reply = await post(`${watched.gateway.url}${CHAT}`, { authorization: `Bearer ${each}` })
      assert.equal(reply.status, 401)
      assert.match(await reply.text(), /no open run has this key/)
    }
    assert.equal((await post(`${watched.gateway.url}/run/${closed.key}${CHAT}`)).status, 401)
    assert.equal(
      (await post(`${watched.gateway.url}/run/${encodeURIComponent(`${key}/`)}${CHAT}`)).status,
      401,
    )
  })

  it('goes no further than the gateway, whatever header or query it is in', async () => {
    const { key } = watched.run
    const path = `${pathOf()}?%6bey=${key}&x=${key}&key=y&KEY=z&k%2565y=w&api_key=v&access_token=u&beta=true`
    const { passed } = await outcome(
      wire(`POST ${path} HTTP/1.1`, [`X-Other: ${key}`, `Cookie: a=${key}`, CLOSE]),
    )
    assert.equal(passed[0]?.path, `${CHAT}?beta=true`)
    assert.doesNotMatch(JSON.stringify(passed), /ftk_/)
  })
})

describe('credentials', () => {
  it('are the ones of the gateway, whatever headers a client declares to be of its connection only', async () => {
    const own = ['authorization', 'x-api-key', 'host', 'content-length', 'x-other']
    const { passed } = await outcome(
      wire(`POST ${pathOf()} HTTP/1.1`, [
        `Connection: close, ${own.join(', ')}`,
        'Authorization: Bearer sk-of-the-client',
        'X-Api-Key: sk-of-the-client',
        'Api-Key: sk-of-the-client',
        'X-Other: 1',
      ]),
    )
    const { headers } = passed[0] ?? {}
    assert.equal(headers?.authorization, `Bearer ${PROVIDER_KEY}`)
    assert.equal(headers?.host, new URL(upstream.url).host)
    assert.equal(headers?.['x-other'], undefined)
    assert.doesNotMatch(JSON.stringify(headers), /sk-of-the-client/)
  })

  it('are the client’s own where the gateway has none', async () => {
    const gemini = upstreamOf('gemini', { baseUrl: upstream.url, key: null })
    const source = upstreamSource(new Map([['gemini', gemini]]), { silenceMs: 1000, plainReplies: false })
    const gateway = await testGateway(upstream.url, { source: { ...source, listen: () => null } })
    const run = gateway.openRun()
    const [path, body] = QUESTIONS.gemini(false)
    const sent = { 'x-goog-api-key': 'AIza-of-the-client', authorization: `Bearer ${run.key}` }
    await post(`${run.baseUrl}${path}?key=AIza-of-the-client`, sent, JSON.stringify(body))
    const got = upstream.received.at(-1)
    assert.equal(got?.headers['x-goog-api-key'], 'AIza-of-the-client')
    assert.equal(got?.headers.authorization, undefined)
    assert.equal(got?.path, `${path}?key=AIza-of-the-client`)
    await gateway.close()
  })
})

describe('a request that is made to reach something else', () => {
  const targets = [
    'http://other.test/v1/chat/completions',
    '//other.test/v1/chat/completions',
    '/v1/../v1/chat/completions',
    '/v1/%2e%2e/v1/chat/completions',
    '/v1/chat%2fcompletions',
    '/v1//chat/completions',
    '/v1\\chat\\completions',
    '/v1/chat/completions/',
    '/v1/chat/completions/../../files',
    '/v1/chat/completions#/../files',
    '/v1/chat/completions;/files',
    '/v1/files',
    '/v1/batches',
    '/v1/messages/batches',
    '/v1/fine_tuning/jobs',
    '/v1beta/models/../files:generateContent',
    '/v1beta/models/a%2f..%2fb:generateContent',
    '/v1beta/cachedContents',
    '/foretoken/runs',
    '*',
  ]
  for (const target of targets) {
    it(`is not passed on: ${target}`, async () => {
      for (const prefix of ['', new URL(watched.run.baseUrl).pathname]) {
        const path = target.startsWith('/') ? prefix + target : target
        const key = `Authorization: Bearer ${watched.run.key}`
        const { statuses, passed } = await outcome(wire(`POST ${path} HTTP/1.1`, [key, CLOSE]))
        assert.ok([404, 400].includes(statuses[0] ?? 0), String(statuses))
        assert.deepEqual(passed, [])
      }
    })
  }

  it('has no other method than its path has, said in a header or not', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE']) {
      const { statuses, passed } = await outcome(wire(`${method} ${pathOf()} HTTP/1.1`, [CLOSE]))
      assert.deepEqual([statuses, passed], [[404], []])
    }
    const detours = [
      'X-HTTP-Method-Override',
      'X-Forwarded-Host',
      'Forwarded',
      'X-Original-URL',
      'X-Rewrite-URL',
    ]
    const { passed } = await outcome(
      wire(`POST ${pathOf()} HTTP/1.1`, [...detours.map((name) => `${name}: DELETE`), CLOSE]),
    )
    assert.doesNotMatch(JSON.stringify(passed[0]?.headers), /DELETE/)
  })

  it('is told no host but the provider’s', async () => {
    const text = wire(`POST ${pathOf()} HTTP/1.1`, [CLOSE]).replace('Host: x', 'Host: other.test')
    const { passed } = await outcome(text)
    assert.equal(passed[0]?.headers.host, new URL(upstream.url).host)
  })

  it('opens no tunnel and no other protocol, and one that only offers it is served', async () => {
    const none = await sayRaw(
      watched.gateway.url,
      'CONNECT other.test:443 HTTP/1.1\r\nHost: x\r\n\r\n',
    ).catch(() => '')
    assert.equal(none, '')
    const socket = ['Connection: Upgrade', 'Upgrade: websocket']
    const refused = await sayRaw(
      watched.gateway.url,
      wire(`GET ${pathOf('/v1/responses')} HTTP/1.1`, socket, ''),
      (got) => got.includes('\r\n\r\n'),
    )
    assert.match(refused, /^HTTP\/1\.1 426/)
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']
    const served = await sayRaw(watched.gateway.url, wire(`POST ${pathOf()} HTTP/1.1`, offer), (got) =>
      got.includes('"usage"'),
    )
    assert.match(served, /^HTTP\/1\.1 200/)
    assert.equal(upstream.received.at(-1)?.headers.upgrade, undefined)
  })

  it('does not end the gateway where its connection breaks while it is refused', async () => {
    for (const first of ['CONNECT a:1 HTTP/1.1', `GET ${pathOf()} HTTP/1.1`]) {
      const client = rawClient(watched.gateway.url)
      client.on('error', () => {}) // reset below
      client.write(wire(first, ['Connection: Upgrade', 'Upgrade: websocket'], 'x'.repeat(1000)), () =>
        client.resetAndDestroy(),
      )
      await new Promise((closed) => client.on('close', closed))
    }
    assert.equal((await watched.ask('openai-chat', false)).status, 200)
  })
})

describe('a request that hides another', () => {
  const hidden = wire(`POST ${'/v1/files'} HTTP/1.1`)
  const smuggled: Readonly<Record<string, () => string>> = {
    'by a length and chunks': () =>
      wire(`POST ${pathOf()} HTTP/1.1`, ['Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`),
    'by two lengths': () => wire(`POST ${pathOf()} HTTP/1.1`, ['Content-Length: 0']),
    'by a coding that is not one': () => wire(`POST ${pathOf()} HTTP/1.1`, ['Transfer-Encoding: xchunked']),
    'by a length with a sign': () =>
      `POST ${pathOf()} HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n12345`,
    'by a space before a colon': () =>
      `POST ${pathOf()} HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n12345`,
    'by a folded header': () =>
      `POST ${pathOf()} HTTP/1.1\r\nHost: x\r\nX: 1\r\n Content-Length: 5\r\n\r\n12345`,
    'by a bare line feed': () => `POST ${pathOf()} HTTP/1.1\nHost: x\nContent-Length: 5\n\n12345`,
    'by a carriage return in a header': () =>
      `POST ${pathOf()} HTTP/1.1\r\nHost: x\r\nX: 1\rY: 2\r\nContent-Length: 5\r\n\r\n12345`,
    'by no host': () => `POST ${pathOf()} HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345`,
  }
  for (const [how, text] of Object.entries(smuggled)) {
    it(`is refused as a whole: ${how}`, async () => {
      const { statuses, passed } = await outcome(text())
      assert.deepEqual([statuses, passed], [[400], []])
    })
  }

  it('is judged on its own, where it comes behind one that is right', async () => {
    const first = wire(`POST ${pathOf()} HTTP/1.1`)
    const second = wire(`POST /run/ftk_of-another-run-0123456789abcdef${CHAT} HTTP/1.1`, [CLOSE])
    const { statuses, passed } = await outcome(first + second)
    assert.deepEqual([statuses, passed.length], [[200, 401], 1])
  })

  it('cannot be made of encoded line ends', async () => {
    const { passed } = await outcome(wire(`POST ${pathOf()}?a=%0d%0aX-Evil:%201 HTTP/1.1`, [CLOSE]))
    assert.equal(passed[0]?.path, `${CHAT}?a=%0d%0aX-Evil:%201`)
    assert.equal(passed[0]?.headers['x-evil'], undefined)
  })

  it('is refused with headers of no end', async () => {
    const { statuses, passed } = await outcome(
      wire(`POST ${pathOf()} HTTP/1.1`, [`X: ${'x'.repeat(70_000)}`]),
    )
    assert.deepEqual([statuses, passed], [[431], []])
  })
})

describe('a body that can be read in two ways', () => {
  it('is refused where a member comes twice, in any spelling', async () => {
    for (const body of [
      '{"model":"gpt-5","max_tokens":1,"messages":[],"max_tokens":100000}',
      '{"model":"gpt-5","messages":[],"m\\u006fdel":"gpt-5-pro"}',
    ]) {
      const reply = await post(watched.run.baseUrl + CHAT, {}, body)
      assert.equal(reply.status, 400)
      assert.match(await reply.text(), /two members/)
    }
  })

  it('is refused where its coding is not one', async () => {
    for (const coding of ['constructor', '__proto__', 'gzip, gzip', 'compress']) {
      assert.equal((await post(watched.run.baseUrl + CHAT, { 'content-encoding': coding })).status, 400)
    }
  })

  it('is counted by what came back, whatever it asks for as a stream', async () => {
    const before = watched.run.totals().requests.amount
    const reply = await post(
      watched.run.baseUrl + CHAT,
      {},
      BODY.replace('"stream":false', '"stream":"true"'),
    )
    assert.equal(reply.status, 200)
    await reply.text()
    assert.equal(watched.run.totals().requests.amount, before + 1)
  })

  it('does not go along with what has none', async () => {
    const { passed, statuses } = await outcome(
      wire(`GET ${pathOf('/v1/models')} HTTP/1.1`, [CLOSE], '{"a":1}'),
    )
    assert.deepEqual(statuses, [200])
    assert.equal(passed[0]?.body, '')
    assert.equal(passed[0]?.headers['content-length'], undefined)
  })
})

describe('a page in a browser', () => {
  it('has no key, gets none, and is told nothing that would let it read an answer', async () => {
    const headers = { origin: 'https://page.test', 'content-type': 'text/plain' }
    const posted = await post(`${watched.gateway.url}${CHAT}`, headers)
    const asked = await fetch(`${watched.gateway.url}${CHAT}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://page.test', 'access-control-request-method': 'POST' },
    })
    for (const reply of [posted, asked]) {
      assert.equal(reply.status, 401)
      assert.deepEqual(
        [...reply.headers.keys()].filter((name) => name.startsWith('access-control')),
        [],
      )
    }
  })
})

describe('the socket of a run', () => {
  const answerOf = (socketPath: string, path: string, headers = {}): Promise<readonly [number, unknown]> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, path, method: 'POST', headers, agent: false }, (reply) => {
        json(reply).then((body) => resolve([reply.statusCode ?? 0, body]), reject)
      })
      asked.on('error', reject)
      asked.end(BODY)
    })

  it('is its owner’s only, serves this run only, and is gone with it', async () => {
    const file = `${temporaryFolder()}/run.sock`
    const [run, other] = [watched.gateway.openRun(), watched.gateway.openRun()]
    await run.openSocket(file)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const statuses = [
      await answerOf(file, CHAT),
      await answerOf(file, CHAT, { authorization: 'Bearer sk-anything' }),
      await answerOf(file, CHAT, { authorization: `Bearer ${run.key}` }),
      await answerOf(file, CHAT, { authorization: `Bearer ${other.key}` }),
      await answerOf(file, `/run/${other.key}${CHAT}`),
      await answerOf(file, '/foretoken/runs'),
    ].map(([status]) => status)
    assert.deepEqual(statuses, [200, 200, 200, 401, 401, 404])
    await assert.rejects(other.openSocket(file), { code: 'bad-setting' })
    await run.close()
    assert.ok(!existsSync(file))
    await assert.rejects(answerOf(file, CHAT))
  })

  it('takes the place of one that a killed process left, and never of another file', async () => {
    const folder = temporaryFolder()
    const script = `require('net').createServer().listen('${folder}/a.sock', () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    const run = watched.gateway.openRun()
    await run.openSocket(`${folder}/a.sock`)
    assert.equal((await answerOf(`${folder}/a.sock`, CHAT))[0], 200)
    writeFileSync(`${folder}/b`, 'kept')
    await assert.rejects(run.openSocket(`${folder}/b`), { code: 'bad-setting' })
    assert.equal(readFileSync(`${folder}/b`, 'utf8'), 'kept')
    await run.close()
  })
})
