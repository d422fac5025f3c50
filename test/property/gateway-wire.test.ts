import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import zlib from 'node:zlib'
import fc from 'fast-check'
import type { ReplyTold } from '../../src/gateway/wire/body-reader.ts'
import { type ReplyHead, replyTee } from '../../src/gateway/wire/reply-tee.ts'
import { DIALECTS, type DialectName } from '../../src/usage/dialects.ts'
import { REPLIES_WITH_TOOLS, type Use, uses } from '../fixtures/gateway/replies-with-tools.ts'
import { chatCounts, REPLIES, type Reply } from '../fixtures/usage/replies.ts'
import { cut, cuts, lineEnds, sseBytes } from '../fixtures/usage/sse-bytes.ts'
import { knownUsages } from '../fixtures/usage/usages.ts'

const names = Object.keys(DIALECTS) as DialectName[]

const head = (dialect: DialectName, given: Partial<ReplyHead> = {}): ReplyHead => ({
  asks: { kind: 'generate', dialect },
  status: 200,
  contentType: 'application/json',
  contentEncoding: null,
  ...given,
})
const STREAM = { contentType: 'text/event-stream; charset=utf-8' }

function told(of: ReplyHead, pieces: readonly Uint8Array[]): ReplyTold {
  const tee = replyTee(of)
  pieces.forEach(tee.push)
  return tee.end()
}
const json = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body))

/** Replies whose usage this protocol can tell, with uses of tools. */
const repliesOf = (name: DialectName): fc.Arbitrary<readonly [Reply, readonly Use[]]> =>
  fc.tuple(
    fc.record({
      usage: knownUsages.map((usage) => REPLIES[name].tellable({ ...usage, input: usage.input + 1 })),
      words: fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 4 }),
    }),
    uses,
  )

const CODINGS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: zlib.gzipSync,
  br: zlib.brotliCompressSync,
  deflate: zlib.deflateSync,
  zstd: zlib.zstdCompressSync,
  identity: (bytes) => bytes,
}
const coding = fc.constantFrom(...Object.keys(CODINGS))
const coded = (name: string, bytes: Uint8Array): Uint8Array => CODINGS[name]?.(bytes) ?? bytes

/** Lines that a server may put anywhere between events. */
const between = fc.constantFrom(
  '',
  ': keep-alive',
  'retry: 5',
  ':',
  'id: 7',
  'event: ping\ndata: {"type": "ping"}',
)

for (const name of names) {
  const { body, events } = REPLIES_WITH_TOOLS[name]

  describe(`the tee of a reply in the protocol ${name}`, () => {
    it('tells the same of a stream as of the reply unstreamed, wherever the bytes are cut', () =>
      fc.assert(
        fc.property(
          repliesOf(name),
          cuts,
          lineEnds,
          fc.array(between),
          ([reply, uses], sizes, end, lines) => {
            const bytes = Buffer.concat(
              events(reply, uses).flatMap((event, i) => [
                Buffer.from(`${lines[i] ?? ''}\n\n`.replaceAll('\n', end)),
                sseBytes([event], end),
              ]),
            )
            const whole = told(head(name), [json(body(reply, uses))])
            assert.equal(whole.broken, null)
            assert.equal(whole.facts.actions.length, uses.length)
            assert.deepEqual(told(head(name, STREAM), cut(bytes, sizes)), whole)
            assert.deepEqual(told(head(name, { contentType: null }), [sseBytes(events(reply, uses))]), whole)
          },
        ),
      ))

    it('tells the same of coded bytes, wherever they are cut', () =>
      fc.assert(
        fc.property(repliesOf(name), cuts, coding, fc.boolean(), ([reply, uses], sizes, by, isStream) => {
          const bytes = isStream ? sseBytes(events(reply, uses)) : json(body(reply, uses))
          const of = head(name, { contentEncoding: by, ...(isStream ? STREAM : {}) })
          const whole = told(head(name), [json(body(reply, uses))])
          assert.deepEqual(told(of, cut(coded(by, bytes), sizes)), whole)
        }),
      ))

    it('is never told as more than it was, nor as complete before it was, wherever a coded stream ends', () =>
      fc.assert(
        fc.property(
          repliesOf(name),
          coding,
          fc.double({ min: 0, max: 1, noNaN: true }),
          (reply, by, share) => {
            const bytes = coded(by, sseBytes(events(...reply)))
            const of = head(name, { contentEncoding: by, ...STREAM })
            const { calls } = told(of, [bytes.subarray(0, Math.floor(share * bytes.length))])
            const whole = told(of, [bytes])
            assert.ok(calls.length <= 1)
            if (calls[0]?.incomplete === false) assert.deepEqual(calls, whole.calls)
            assert.ok((calls[0]?.usage.output ?? 0) <= Math.max(1, whole.calls[0]?.usage.output ?? 0))
          },
        ),
      ))

    it('never throws, whatever the bytes are and whatever they are said to be', () =>
      fc.assert(
        fc.property(anyBytes(name), cuts, anyHead(name), (bytes, sizes, of) => {
          const { calls, broken } = told(of, cut(bytes, sizes))
          assert.ok(broken === null || calls.every(({ incomplete }) => incomplete))
        }),
        { numRuns: 300 },
      ))
  })
}

/** Noise, JSON of any shape, and events of the protocol with one byte changed. */
const anyBytes = (name: DialectName): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.array(fc.json({ maxDepth: 3 })).map((texts) => sseBytes(texts)),
    fc.tuple(repliesOf(name), fc.nat(), fc.nat(255)).map(([reply, at, byte]) => {
      const bytes = sseBytes(REPLIES_WITH_TOOLS[name].events(...reply))
      bytes[at % bytes.length] = byte
      return bytes
    }),
  )

const anyHead = (dialect: DialectName): fc.Arbitrary<ReplyHead> =>
  fc.record({
    asks: fc.constantFrom<ReplyHead['asks']>(
      { kind: 'generate', dialect },
      { kind: 'embed' },
      { kind: 'count' },
    ),
    status: fc.constantFrom(200, 429, 500),
    contentType: fc.constantFrom(null, '', 'application/json', 'text/event-stream', 'text/html'),
    contentEncoding: fc.constantFrom(null, '', 'gzip', 'br', 'zstd', 'deflate', 'gzip, br', 'compress'),
  })

describe('the tee of a stream of Chat Completions', () => {
  it('takes the usage from any chunk, told once or several times: the last one is valid', () =>
    fc.assert(
      fc.property(
        fc.array(repliesOf('openai-chat'), { minLength: 1 }),
        fc.boolean(),
        cuts,
        (all, alone, sizes) => {
          const usages = all.map(([{ usage }]) => chatCounts(usage))
          const chunk = (usage: object | null, finish_reason: string | null): object => ({
            id: 'r',
            model: 'm',
            choices: [{ index: 0, delta: { content: 'x' }, finish_reason }],
            usage,
          })
          const last = usages.at(-1) ?? null
          const events = [
            ...usages.flatMap((usage) => [chunk(null, null), chunk(usage, null)]),
            chunk(alone ? null : last, 'stop'),
            ...(alone ? [{ choices: [], usage: last }] : []),
            '[DONE]',
          ]
          const { calls } = told(head('openai-chat', STREAM), cut(sseBytes(events), sizes))
          assert.deepEqual({ ...calls[0]?.usage }, { ...all.at(-1)?.[0].usage })
          assert.equal(calls[0]?.incomplete, false)
        },
      ),
    ))
})
