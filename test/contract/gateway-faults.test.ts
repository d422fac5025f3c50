import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Exchange } from '../../src/gateway/exchange/exchange.ts'
import type { DialectName } from '../../src/usage/dialects.ts'
import type { Fault } from '../fixtures/gateway/fault.ts'
import { rawUpstream } from '../fixtures/gateway/raw-upstream.ts'
import { DIALECT_NAMES } from '../fixtures/gateway/same-question.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { type WatchedGateway, watchedGateway } from '../fixtures/gateway/watched-gateway.ts'

/** Long beside the answer of a server that answers. */
const SILENCE_MS = 400

/** A gateway before an upstream whose first request goes wrong, and no other. */
async function faulty(fault: Fault, silenceMs = SILENCE_MS) {
  const upstream = await scriptedUpstream({
    script: mendScript,
    fault: (_, number) => (number === 0 ? fault : null),
  })
  const watched = await watchedGateway(upstream.url, { silenceMs })
  after(async () => {
    await watched.gateway.close()
    await upstream.close()
  })
  return { upstream, ...watched }
}

/** A gateway before an upstream that answers its first request with these bytes, and ends, or not. */
async function raw(answer: string, { ends = true, silenceMs = SILENCE_MS } = {}) {
  const upstream = await rawUpstream((socket, number) => {
    socket.write(number === 0 ? answer : SOUND, 'latin1')
    if (number === 0 && ends) socket.end()
  })
  const watched = await watchedGateway(upstream.url, { silenceMs })
  after(async () => {
    await watched.gateway.close()
    await upstream.close()
  })
  return { upstream, ...watched }
}

const REPLY = JSON.stringify({
  id: 'chatcmpl-1',
  model: 'gpt-5',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }],
  usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
})
const head = (status: string, headers: readonly string[] = []): string => {
  const type = headers.some((line) => line.startsWith('Content-Type'))
    ? []
    : ['Content-Type: application/json']
  return `HTTP/1.1 ${status}\r\n${[...type, ...headers].join('\r\n')}\r\n\r\n`
}
const SOUND = `${head('200 OK', [`Content-Length: ${REPLY.length}`])}${REPLY}`

/** A reply, or how it broke. */
async function textOf(asked: Promise<Response>): Promise<string> {
  try {
    return await (await asked).text()
  } catch {
    return 'broken'
  }
}

const told = ({ ending, status, calls }: Exchange) => ({
  ending,
  status,
  incomplete: calls.map((call) => call.incomplete),
})

/** The gateway goes on serving, nothing is in flight, and nothing is kept back from the budget. */
async function isSound({ ask, run, events }: WatchedGateway): Promise<void> {
  const reply = await ask('openai-chat', false)
  assert.equal(reply.status, 200)
  await reply.text()
  assert.equal(run.state.open.size, 0)
  assert.ok(run.state.accounts.every(({ inFlight, waiting }) => inFlight === 0 && waiting.length === 0))
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'trouble'),
    [],
  )
}

/** Where each dialect has the words of an error. */
const messageOf = (body: unknown): string =>
  (body as { readonly error: { readonly message: string } }).error.message

describe('a gateway whose provider fails before it answers', () => {
  for (const dialect of DIALECT_NAMES) {
    it(`tells a lost connection as an error of the dialect, to be tried again: ${dialect}`, async () => {
      const watched = await faulty({ kind: 'reset', afterBytes: 0 })
      const reply = await watched.ask(dialect, true)
      assert.equal(reply.status, 502)
      assert.equal(reply.headers.get('x-should-retry'), 'true')
      assert.match(messageOf(await reply.json()), /cannot be reached/)
      const exchange = await watched.ended(0)
      assert.deepEqual(told(exchange), { ending: 'upstream-lost', status: 502, incomplete: [true] })
      await isSound(watched)
    })
  }

  it('gives up after the time that a provider may be silent', async () => {
    const watched = await faulty({ kind: 'hang', afterBytes: 0 })
    const reply = await watched.ask('anthropic-messages', true)
    assert.equal(reply.status, 504)
    assert.match(messageOf(await reply.json()), /did not answer in time/)
    const exchange = await watched.ended(0)
    assert.deepEqual(told(exchange), { ending: 'upstream-lost', status: 504, incomplete: [true] })
    await isSound(watched)
  })

  it('bills nothing where the provider was never reached', async () => {
    const closed = await scriptedUpstream({ script: mendScript })
    await closed.close()
    for (const url of [closed.url, 'http://nowhere.invalid']) {
      const { gateway, ask, ended } = await watchedGateway(url)
      const reply = await ask('gemini', false)
      assert.equal(reply.status, 502)
      assert.match(messageOf(await reply.json()), /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/)
      assert.deepEqual(told(await ended(0)), { ending: 'upstream-lost', status: 502, incomplete: [] })
      await gateway.close()
    }
  })

  const HEADS: Readonly<Record<string, string>> = {
    'breaks off in its head': 'HTTP/1.1 200 OK\r\nContent-Ty',
    'says something that is not HTTP': 'no such thing\r\n\r\n',
    'changes to another protocol':
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n',
    'answers with a status that there is not': 'HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n',
    'tells two lengths': head('200 OK', ['Content-Length: 4', 'Content-Length: 2']),
    'has a head without end': `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(200_000)}`,
  }
  for (const [what, bytes] of Object.entries(HEADS)) {
    it(`tells a provider that ${what} as one that cannot be reached`, async () => {
      const watched = await raw(bytes)
      const reply = await watched.ask('openai-responses', false)
      assert.equal(reply.status, 502)
      assert.match(messageOf(await reply.json()), /cannot be reached/)
      assert.deepEqual(told(await watched.ended(0)), {
        ending: 'upstream-lost',
        status: 502,
        incomplete: [true],
      })
      await isSound(watched)
    })
  }
})

describe('a gateway whose provider refuses', () => {
  for (const [status, headers] of [
    [429, { 'retry-after': '7', 'x-ratelimit-remaining-requests': '0' }],
    [500, {}],
    [529, { 'x-should-retry': 'true' }],
  ] as const) {
    it(`passes a ${status} on as it is, and bills nothing`, async () => {
      const body = '{"type":"error", "error":{"type":"x_error","message":"naïve – 1"}}'
      const watched = await faulty({ kind: 'status', status, headers, body })
      const reply = await watched.ask('anthropic-messages', true)
      assert.equal(reply.status, status)
      for (const [name, value] of Object.entries(headers)) assert.equal(reply.headers.get(name), value)
      assert.equal(await reply.text(), body)
      assert.deepEqual(told(await watched.ended(0)), { ending: 'refused', status, incomplete: [] })
      await isSound(watched)
    })
  }

  it('passes a reply on that came before the request was read', async () => {
    const upstream = await rawUpstream(() => {})
    after(upstream.close)
    const { gateway, run, ended } = await watchedGateway(upstream.url)
    after(gateway.close)
    const asked = fetch(`${run.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-5', messages: [], user: 'x'.repeat(8_000_000) }),
    })
    const socket = await new Promise<{ write: (text: string) => void; end: () => void }>((resolve) => {
      const look = (): void => {
        const [first] = upstream.open
        if (first === undefined) setImmediate(look)
        else resolve(first)
      }
      look()
    })
    socket.write(`${head('413 Too Large', ['Content-Length: 2', 'Connection: close'])}{}`)
    const reply = await asked
    assert.equal(reply.status, 413)
    assert.equal(await reply.text(), '{}')
    assert.deepEqual(told(await ended(0)), { ending: 'refused', status: 413, incomplete: [] })
  })
})

/** Replies of which half is there. */
const HALVES = [
  [true, 'Content-Type: text/event-stream', 'event: x\ndata: {"text": "na'],
  [true, 'Content-Type: text/event-stream', 'event: x\ndata: {}\n'],
  [false, 'X-Plain: 1', '{"id": "x", "text": "na'],
] as const

/** What a stream says last, as each dialect tells an error in it. */
const BROKEN_OFF = /data: \{.*Foretoken: the reply broke off.*\}\n\n$/

describe('a gateway whose provider fails in the middle of its reply', () => {
  for (const dialect of DIALECT_NAMES) {
    it(`tells it behind whole events of a stream: ${dialect}`, async () => {
      const watched = await faulty({ kind: 'hang', afterBytes: await firstEventBytes(dialect) })
      const text = await textOf(watched.ask(dialect, true))
      assert.match(text, BROKEN_OFF)
      const exchange = await watched.ended(0)
      assert.deepEqual(told(exchange), { ending: 'upstream-lost', status: 200, incomplete: [true] })
      await isSound(watched)
    })

    it(`breaks off what cannot be told any more: ${dialect}`, async () => {
      for (const [streams, type, part] of HALVES) {
        const begun = `${part.length.toString(16)}\r\n${part}\r\n`
        const watched = await raw(`${head('200 OK', [type, 'Transfer-Encoding: chunked'])}${begun}`)
        // Where usage is taken out, events go on whole only.
        const end = dialect === 'openai-chat' && streams ? BROKEN_OFF : /^broken$/
        assert.match(await textOf(watched.ask(dialect, streams)), end)
        assert.deepEqual(told(await watched.ended(0)), {
          ending: 'upstream-lost',
          status: 200,
          incomplete: [true],
        })
        await isSound(watched)
      }
    })

    it(`passes a reply on that is not what its type says, and counts it as incomplete: ${dialect}`, async () => {
      for (const streams of [false, true]) {
        const watched = await faulty({ kind: 'malformed' })
        assert.doesNotMatch(await textOf(watched.ask(dialect, streams)), /"|broken/)
        assert.deepEqual(told(await watched.ended(0)), { ending: 'ok', status: 200, incomplete: [true] })
        await isSound(watched)
      }
    })
  }

  it('passes 200 MB on, and holds no more of them than it reads of a reply', async () => {
    const piece = ' '.repeat(1e6)
    for (const type of ['application/json', 'text/event-stream']) {
      const upstream = await rawUpstream(async (socket) => {
        socket.write(head('200 OK', [`Content-Type: ${type}`, 'Content-Length: 200000000']))
        for (let sent = 0; sent < 200; sent++) await new Promise((taken) => socket.write(piece, taken))
      })
      const { gateway, ask, ended } = await watchedGateway(upstream.url)
      after(async () => {
        await gateway.close()
        await upstream.close()
      })
      const held = heldBytes()
      let [got, most] = [0, 0]
      const reply = await ask('openai-chat', type !== 'application/json')
      for await (const { length } of reply.body ?? []) {
        got += length
        if (got % 20e6 < length) most = Math.max(most, heldBytes() - held)
      }
      const { ending, replyBytes } = await ended(0)
      assert.deepEqual([ending, got, replyBytes], ['ok', 200e6, 200e6])
      assert.ok(most < 130e6, `${most} bytes were held`)
    }
  })

  it('counts a stream as incomplete that ends orderly, but too early', async () => {
    const watched = await faulty({ kind: 'short', afterBytes: 100 })
    assert.notEqual(await textOf(watched.ask('anthropic-messages', true)), 'broken')
    assert.deepEqual(told(await watched.ended(0)), { ending: 'ok', status: 200, incomplete: [true] })
    await isSound(watched)
  })

  it('breaks a reply off that is shorter than its length', async () => {
    const watched = await raw(`${head('200 OK', ['Content-Length: 9999'])}${REPLY}`)
    assert.equal(await textOf(watched.ask('openai-chat', false)), 'broken')
    assert.equal((await watched.ended(0)).ending, 'upstream-lost')
    await isSound(watched)
  })

  it('never takes what comes behind a reply for the next one', async () => {
    const forged = SOUND.replace('hi', 'no')
    for (const later of [false, true]) {
      const upstream = await rawUpstream((socket, number) => {
        socket.write(number === 0 && !later ? SOUND + forged : SOUND)
        if (number === 0 && later) setImmediate(() => socket.write(forged))
      })
      const watched = await watchedGateway(upstream.url, { silenceMs: SILENCE_MS })
      assert.match(await textOf(watched.ask('openai-chat', false)), /"hi"/)
      assert.match(await textOf(watched.ask('openai-chat', false)), /"hi"/)
      await watched.gateway.close()
      await upstream.close()
    }
  })

  it('passes replies on whose heads are rare, but right', async () => {
    const chunked = `${REPLY.length.toString(16)}\r\n${REPLY}\r\n0\r\nX-Sum: 1\r\n\r\n`
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'
    const rare: readonly (readonly [string, number, string])[] = [
      [`${hints}${SOUND}`, 200, REPLY],
      [`${head('200 OK', ['Transfer-Encoding: chunked', 'Trailer: X-Sum'])}${chunked}`, 200, REPLY],
      [`${head('200 OK', ['Connection: close'])}${REPLY}`, 200, REPLY],
      ['HTTP/1.1 204 No Content\r\n\r\n', 204, ''],
      ['HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 7\r\n\r\n', 304, ''],
    ]
    for (const [bytes, status, body] of rare) {
      const watched = await raw(bytes)
      const reply = await watched.ask('openai-chat', false)
      assert.equal(reply.status, status)
      assert.equal(await reply.text(), body)
      const { ending, calls } = await watched.ended(0)
      assert.equal(ending, 'ok')
      assert.deepEqual(
        calls.map(({ incomplete }) => incomplete),
        [status !== 200],
      )
      await isSound(watched)
    }
  })
})

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes in buffers that are in use. */
function heldBytes(): number {
  collect()
  return process.memoryUsage().arrayBuffers
}

/** Where the first event of a stream ends, as this upstream sends it. */
async function firstEventBytes(dialect: DialectName): Promise<number> {
  const upstream = await scriptedUpstream({ script: mendScript })
  const { gateway, ask } = await watchedGateway(upstream.url)
  await textOf(ask(dialect, true))
  const [sent] = upstream.sent
  await gateway.close()
  await upstream.close()
  const text = sent?.bytes.toString('latin1') ?? ''
  const [first = ''] = /^.*?(?:\r\n\r\n|\n\n)/s.exec(text) ?? []
  return first.length
}
