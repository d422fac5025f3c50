import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { usageHider } from '../../src/gateway/wire/hide-usage.ts'
import { cut, cuts, lineEnds } from '../fixtures/usage/sse-bytes.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const decode = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('utf8')

function hidden(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const hider = usageHider()
  return [...pieces.map(hider.push), hider.end()]
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('"usage":null', ',"usage":null}', '\r\n\r\n', 'data: ', '\u2028', '€😀'),
)
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }

/** One event as it is sent when the usage is asked for, and as it is sent when it is not. */
interface Sent {
  readonly asked: string
  readonly unasked: string
}
type Make = (end: string) => Sent

const same =
  (make: (end: string) => string): Make =>
  (end) => ({ asked: make(end), unasked: make(end) })
const event = (data: string, end: string, named = false): string =>
  `${named ? `event: message${end}` : ''}data: ${data}${end}${end}`

const chunk: fc.Arbitrary<Make> = fc
  .record({ content: text, place: fc.constantFrom('last', 'first', 'middle'), named: fc.boolean() })
  .map(({ content, place, named }) => {
    const id = `"id":${JSON.stringify(content)}`
    const choices = `"choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"usage":null}]`
    const asked = {
      last: `{${id},${choices},"usage":null}`,
      first: `{"usage":null,${id},${choices}}`,
      middle: `{${id},"usage":null,${choices}}`,
    }[place]
    return (end) => ({
      asked: event(asked, end, named),
      unasked: event(`{${id},${choices}}`, end, named),
    })
  })

const others: fc.Arbitrary<Make> = fc.oneof(
  // What LiteLLM's proxy adds when the usage is asked for.
  fc.constant<Make>((end) => ({
    asked: event(JSON.stringify({ choices: [{ index: 0, delta: {} }], usage }), end),
    unasked: '',
  })),
  fc.constant(
    same((end) => event(JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }], usage }), end)),
  ),
  fc.constant(same((end) => `: keep-alive${end}${end}`)),
  fc.constant(same((end) => event('[DONE]', end))),
  fc.constant(same((end) => end)),
  fc.constant(same((end) => event('{"usage":', end))),
  fc.constant(same((end) => `data: {"choices":[],${end}data: "x":"usage"}${end}${end}`)),
  text.map((content) =>
    same((end) => event(JSON.stringify({ choices: [{ delta: { content } }], usage }), end)),
  ),
  text.map((content) => same((end) => event(JSON.stringify({ choices: [{ delta: { content } }] }), end))),
  fc.constant<Make>((end) => ({
    asked: event(JSON.stringify({ choices: [], usage }), end),
    unasked: '',
  })),
)

const streams = fc.array(fc.oneof(chunk, others), { maxLength: 8 })

describe('the filter that hides the usage', () => {
  it('leaves the bytes that would have come unasked, wherever they are cut and however the lines end', () =>
    fc.assert(
      fc.property(streams, lineEnds, cuts, (makes, end, sizes) => {
        const events = makes.map((make) => make(end))
        const asked = encode(events.map((sent) => sent.asked).join(''))
        const unasked = events.map((sent) => sent.unasked).join('')
        assert.equal(decode(hidden(cut(asked, sizes))), unasked)
      }),
      { numRuns: 500 },
    ))

  it('passes every event on as soon as it is complete', () =>
    fc.assert(
      fc.property(streams, lineEnds, (makes, end) => {
        const hider = usageHider()
        for (const sent of makes.map((make) => make(end))) {
          assert.equal(decode([hider.push(encode(sent.asked))]), sent.unasked)
        }
      }),
    ))

  it('passes any other bytes on, each of them once and in order', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, sizes) => {
        assert.deepEqual(Buffer.concat(hidden(cut(bytes, sizes))), Buffer.from(bytes))
      }),
    ))

  it('gives the very same bytes back where there is nothing to hide', () => {
    const hider = usageHider()
    const bytes = encode('data: {"choices":[{"delta":{"content":"x"}}]}\n\n')
    assert.equal(hider.push(bytes), bytes)
    assert.equal(hider.push(bytes), bytes)
  })

  it('takes the last chunk out whole at the end, even when its empty line is missing', () => {
    const bytes = encode(`data: ${JSON.stringify({ choices: [], usage })}`)
    assert.equal(decode(hidden([bytes])), '')
  })

  it('holds no more of an event without end than a chunk can be long', () => {
    const hider = usageHider()
    const piece = encode('x'.repeat(1 << 18))
    let passed = 0
    for (let i = 0; i < 40; i++) passed += hider.push(piece).length
    assert.ok(passed >= 36 * piece.length)
    passed += hider.push(encode('\n\n')).length
    assert.equal(passed, 40 * piece.length + 2)
    const last = encode('data: {"choices":[],"usage":{}}\n\n')
    assert.equal(hider.push(last).length, 0)
  })
})
