import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { brotliDecompressSync } from 'node:zlib'
import { DIALECTS, type DialectName } from '../../src/usage/dialects.ts'
import { embeddingsCalls } from '../../src/usage/embeddings.ts'
import { meterSse } from '../../src/usage/meter-sse.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { scriptedUpstream, type UpstreamOptions } from '../fixtures/gateway/scripted-upstream.ts'

const started = async (options: Partial<UpstreamOptions> = {}) => {
  const upstream = await scriptedUpstream({ script: mendScript, ...options })
  after(upstream.close)
  return upstream
}

const chatTool = { type: 'function', function: { name: 'bash' } }

/** The same question in each protocol. */
const QUESTIONS: { readonly [Name in DialectName]: (streams: boolean) => readonly [string, object] } = {
  'openai-chat': (stream) => [
    '/v1/chat/completions',
    {
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      tools: [chatTool],
      stream,
      stream_options: { include_usage: true },
    },
  ],
  'openai-responses': (stream) => [
    '/v1/responses',
    {
      model: 'm',
      input: [{ role: 'user', content: 'x' }],
      tools: [{ type: 'function', name: 'bash' }],
      stream,
    },
  ],
  'anthropic-messages': (stream) => [
    '/v1/messages?beta=true',
    { model: 'm', messages: [{ role: 'user', content: 'x' }], tools: [{ name: 'bash' }], stream },
  ],
  gemini: (stream) => [
    `/v1beta/models/m:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    {
      contents: [{ role: 'user', parts: [{ text: 'x' }] }],
      tools: [{ functionDeclarations: [{ name: 'bash' }] }],
    },
  ],
}

const ask = (url: string, [path, body]: readonly [string, object], headers = {}): Promise<Response> =>
  fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })

const bytesOf = async (reply: Response): Promise<Buffer> => Buffer.from(await reply.arrayBuffer())

const NAMES = Object.keys(DIALECTS) as DialectName[]

describe('a scripted upstream', () => {
  for (const name of NAMES) {
    it(`tells in its replies what it counts itself, streamed and not: ${name}`, async () => {
      const upstream = await started({ pieceBytes: 5 })
      const message = DIALECTS[name].message(await (await ask(upstream.url, QUESTIONS[name](false))).json())
      const meter = meterSse(DIALECTS[name].meter())
      meter.push(await bytesOf(await ask(upstream.url, QUESTIONS[name](true))))
      const calls = [...message, ...meter.end()]
      assert.deepEqual(
        calls.map(({ usage }) => usage),
        upstream.served,
      )
      assert.ok(calls.every(({ incomplete }) => !incomplete))
      assert.notDeepEqual(upstream.served[0], upstream.served[1])
      assert.equal(new Set(calls.map(({ id }) => id)).size, 2)
    })

    it(`says the same to the same question, and keeps what it sent: ${name}`, async () => {
      const [one, other] = [await started(), await started({ delayMs: 1, pieceBytes: 100 })]
      const got = await Promise.all(
        [one, other].map(async ({ url }) => bytesOf(await ask(url, QUESTIONS[name](true)))),
      )
      assert.deepEqual(got[0], got[1])
      assert.deepEqual(one.sent[0]?.bytes, got[0])
    })

    it(`asks for the use of a tool that it was offered, in both forms: ${name}`, async () => {
      const { url } = await started()
      for (const streams of [false, true]) {
        const said = await (await ask(url, QUESTIONS[name](streams))).text()
        assert.match(said, /"name": ?"bash"/)
      }
    })
  }

  it('tells the usage of a chat stream only where it was asked for it, and is else the same to the byte', async () => {
    const [asked, unasked] = [await started(), await started()]
    const [path, body] = QUESTIONS['openai-chat'](true)
    const told = await (await ask(asked.url, [path, body])).text()
    const untold = await (await ask(unasked.url, [path, { ...body, stream_options: {} }])).text()
    assert.doesNotMatch(untold, /usage/)
    const chunks = told.split('\n\n').filter((chunk) => !chunk.includes('"choices":[],'))
    assert.equal(chunks.join('\n\n').replaceAll(',"usage":null}', '}'), untold)
    assert.deepEqual(asked.served, unasked.served)
  })

  it('compresses where the client takes it', async () => {
    const upstream = await started({ compresses: true })
    const reply = await ask(upstream.url, QUESTIONS.gemini(false), { 'accept-encoding': 'br' })
    assert.equal(reply.headers.get('content-encoding'), 'br')
    assert.equal(await reply.text(), brotliDecompressSync(upstream.sent[0]?.bytes ?? '').toString())
  })

  it('bills embeddings, but neither counts of tokens nor lists of models', async () => {
    const { url, served } = await started()
    const reply = await ask(url, ['/v1/embeddings', { model: 'e', input: ['a', 'b'] }])
    assert.deepEqual(
      embeddingsCalls(await reply.json()).map(({ usage }) => usage),
      served,
    )
    await ask(url, ['/v1/messages/count_tokens', { model: 'm', messages: [] }])
    for (const path of ['/v1/models', '/v1beta/models']) assert.ok((await fetch(url + path)).ok)
    assert.equal(served.length, 1)
  })

  it('fails as it is told, and bills nothing that it refuses or breaks off', async () => {
    const upstream = await started({
      fault: (_, number) =>
        [
          { kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: '{}' } as const,
          { kind: 'reset', afterBytes: 40 } as const,
          { kind: 'short', afterBytes: 40 } as const,
          { kind: 'malformed' } as const,
          { kind: 'huge', bytes: 200_000 } as const,
        ][number] ?? null,
    })
    const question = QUESTIONS['anthropic-messages'](false)
    assert.equal((await ask(upstream.url, question)).headers.get('retry-after'), '7')
    await assert.rejects(async () => bytesOf(await ask(upstream.url, question)))
    assert.equal((await bytesOf(await ask(upstream.url, question))).length, 40)
    await assert.rejects(async () => (await ask(upstream.url, question)).json(), SyntaxError)
    assert.equal(upstream.served.length, 0)
    assert.equal(upstream.brokenOff.length, 3)
    const huge = await bytesOf(await ask(upstream.url, question))
    assert.ok(huge.length > 200_000)
    assert.deepEqual(
      DIALECTS['anthropic-messages'].message(JSON.parse(huge.toString())).map(({ usage }) => usage),
      upstream.served,
    )
  })

  it('stays silent, or goes on without end, until the client goes away', async () => {
    const upstream = await started({
      fault: (_, number) => (number === 0 ? { kind: 'hang', afterBytes: 0 } : { kind: 'endless' }),
    })
    const signal = AbortSignal.timeout(200)
    const [path, body] = QUESTIONS.gemini(true)
    const asked = { method: 'POST', body: JSON.stringify(body) }
    await assert.rejects(fetch(upstream.url + path, { ...asked, signal }))
    const leaving = new AbortController()
    const reply = await fetch(upstream.url + path, { ...asked, signal: leaving.signal })
    let got = 0
    await assert.rejects(async () => {
      for await (const piece of reply.body ?? []) {
        got += piece.length
        if (got > 100_000) leaving.abort()
      }
    })
    assert.equal(upstream.served.length, 0)
  })
})
