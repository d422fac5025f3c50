import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { ReplyTold } from '../../../src/gateway/wire/body-reader.ts'
import { type ReplyHead, replyTee } from '../../../src/gateway/wire/reply-tee.ts'
import { sseBytes } from '../../fixtures/usage/sse-bytes.ts'

const CHAT: ReplyHead = {
  asks: { kind: 'generate', dialect: 'openai-chat' },
  status: 200,
  contentType: 'application/json',
  contentEncoding: null,
}
const ANTHROPIC: ReplyHead = { ...CHAT, asks: { kind: 'generate', dialect: 'anthropic-messages' } }
const GEMINI: ReplyHead = { ...CHAT, asks: { kind: 'generate', dialect: 'gemini' } }
const STREAM = { contentType: 'text/event-stream' }

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
function told(head: ReplyHead, ...pieces: readonly (string | Uint8Array)[]): ReplyTold {
  const tee = replyTee(head)
  for (const piece of pieces) tee.push(typeof piece === 'string' ? bytesOf(piece) : piece)
  return tee.end()
}
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
const reply = { id: 'r', model: 'm', choices: [{ index: 0, message: {}, finish_reason: 'stop' }], usage }

describe('the tee of a reply', () => {
  it('tells the calls and what the reply says', () => {
    const { calls, facts, broken } = told(CHAT, JSON.stringify(reply))
    assert.equal(calls[0]?.usage.output, 4)
    assert.equal(calls[0]?.incomplete, false)
    assert.deepEqual(facts, { stopReason: 'stop', actions: [] })
    assert.equal(broken, null)
  })

  it('tells no call of an error, unless a usage is told in it', () => {
    const error = { error: { message: 'slow down', type: 'rate_limit' } }
    assert.deepEqual(told({ ...CHAT, status: 429 }, JSON.stringify(error)).calls, [])
    assert.deepEqual(told({ ...ANTHROPIC, status: 529 }, '{"type":"error","error":{}}').calls, [])
    assert.deepEqual(told({ ...CHAT, status: 502 }, '<html>Bad gateway</html>').calls, [])
    assert.deepEqual(told({ ...CHAT, ...STREAM, status: 500 }, '').calls, [])
    const billed = told({ ...CHAT, status: 500 }, JSON.stringify({ ...error, usage }))
    assert.equal(billed.calls[0]?.usage.output, 4)
  })

  it('tells one call of unknown usage where the reply cannot be read, and why', () => {
    for (const [head, body] of [
      [CHAT, '{"id":"r","usage":{"prompt_tok'],
      [CHAT, ''],
      [{ ...CHAT, contentEncoding: 'gzip' }, 'not gzip'],
      [{ ...CHAT, contentEncoding: 'compress' }, '{}'],
      [CHAT, '{"id":"r","usage":{"prompt_tokens":-1}}'],
    ] as const) {
      const { calls, broken } = told(head, body)
      assert.equal(calls.length, 1)
      assert.equal(calls[0]?.usage.output, null)
      assert.equal(calls[0]?.incomplete, true)
      assert.ok(broken !== null && broken !== '')
    }
  })

  it('keeps what is known of a stream in which one event cannot be counted, as at least', () => {
    const bad = { ...reply, usage: { prompt_tokens: 'many' } }
    const good = { id: 'r', model: 'm', choices: [], usage }
    const { calls, broken } = told({ ...CHAT, ...STREAM }, sseBytes([bad, good]))
    assert.equal(calls[0]?.usage.output, 4)
    assert.equal(calls[0]?.incomplete, true)
    assert.match(broken ?? '', /many/)
  })

  it('reads the list of chunks as which Gemini streams without SSE', () => {
    const chunk = (text: string, finishReason?: string): object => ({
      responseId: 'g',
      candidates: [{ content: { parts: [{ text }] }, finishReason }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
    })
    const { calls, facts } = told(GEMINI, JSON.stringify([chunk('a'), chunk('b', 'STOP')]))
    assert.equal(calls[0]?.usage.output, 4)
    assert.equal(facts.stopReason, 'STOP')
  })

  it('counts embeddings, and what is free as nothing', () => {
    const body = JSON.stringify({ model: 'e', data: [], usage: { prompt_tokens: 5, total_tokens: 5 } })
    const embed = told({ ...CHAT, asks: { kind: 'embed' } }, body)
    assert.equal(embed.calls[0]?.usage.input, 5)
    for (const kind of ['count', 'list'] as const) {
      assert.deepEqual(told({ ...CHAT, asks: { kind } }, body).calls, [])
    }
  })

  it('decodes codings upon codings', () => {
    const twice = gzipSync(gzipSync(JSON.stringify(reply)))
    assert.equal(told({ ...CHAT, contentEncoding: 'gzip, x-gzip' }, twice).calls[0]?.usage.output, 4)
  })

  it('does not look at bodies and events that are longer than 64 MiB', () => {
    const piece = bytesOf(' '.repeat(1 << 24))
    const body = told(CHAT, piece, piece, piece, piece, JSON.stringify(reply))
    assert.equal(body.calls[0]?.usage.output, null)
    assert.match(body.broken ?? '', /more than/)
    const bomb = gzipSync(Buffer.alloc((64 << 20) + 1, ' '))
    assert.equal(told({ ...CHAT, contentEncoding: 'gzip' }, bomb).calls[0]?.incomplete, true)
    const begun = sseBytes([{ id: 'r', model: 'm', choices: [], usage }])
    const stream = told({ ...CHAT, ...STREAM }, begun, 'data: ', piece, piece, piece, piece, piece)
    assert.equal(stream.calls[0]?.usage.output, 4)
    assert.equal(stream.calls[0]?.incomplete, true)
  })
})
