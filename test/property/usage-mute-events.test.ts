import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { observerOf } from '../../src/gateway/wire/reply-observer.ts'
import { DIALECTS, type DialectName } from '../../src/usage/dialects.ts'
import type { EventSink } from '../../src/usage/json-events.ts'
import { REPLIES_WITH_TOOLS, uses } from '../fixtures/gateway/replies-with-tools.ts'
import { REPLIES } from '../fixtures/usage/replies.ts'
import { knownUsages } from '../fixtures/usage/usages.ts'

const NAMES = [
  ...['type', 'id', 'model', 'usage', 'choices', 'index', 'finish_reason', 'delta', 'message', 'error'],
  ...['x_groq', 'stop_reason', 'response', 'item', 'content_block', 'name', 'partial_json', 'tool_calls'],
  ...['function', 'arguments', 'text', 'content', 'output_tokens', 'completion_tokens'],
]
const VALUES = [
  ...['content_block_delta', 'content_block_start', 'input_json_delta', 'tool_use', 'message_start'],
  ...['message_delta', 'error', 'response.completed', 'response.output_text.delta', 'stop', 'x', ''],
  ...['response.output_item.done', '"usage":{}', '{"type":"message_delta"}'],
]
const odd = fc.letrec<{ any: unknown; object: object }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, 0, 1, 7, true, ...VALUES),
    fc.array(tie('any'), { maxLength: 2 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie('any'), { maxKeys: 4 }),
}))

/** One event in JSON, as anybody may write it: with spaces, with escapes, and with a member twice. */
const written = (event: unknown): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(
        '',
        '"type":"content_block_delta",',
        '"usage":null,',
        '"finish_reason":null,',
        '"error":null,',
      ),
    )
    .map(([isSpaced, isEscaped, twice]) => {
      const json = isSpaced
        ? JSON.stringify(event, null, 1).replaceAll('\n', ' ')
        : JSON.stringify(event).replace(/^\{(?=")/, `{${twice}`)
      return isEscaped ? json.replaceAll(/(?<=["_a-z])e(?=[a-z_]*")/g, '\\u0065') : json
    })

const chunk = fc
  .record({
    finish_reason: fc.constantFrom(null, null, null, 'stop'),
    index: fc.constantFrom(0, 0, 0, 1),
    usage: fc.constantFrom(undefined, null, null, { completion_tokens: 3, prompt_tokens: 1 }),
    content: fc.constantFrom('a', 'b', '"finish_reason":"stop"'),
  })
  .map(({ finish_reason, index, usage, content }) => ({
    id: 'r',
    model: 'm',
    choices: [{ index, delta: { content }, finish_reason }],
    usage,
  }))

const refusal = { type: 'error', error: { message: 'overloaded' } }

/** Events of the protocol in any order, alone or with odd ones among them. */
const eventsOf = (name: DialectName): fc.Arbitrary<readonly string[]> =>
  fc
    .record({
      usage: knownUsages,
      words: fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 }),
      uses,
      isOdd: fc.boolean(),
    })
    .chain(({ usage, words, uses, isOdd }) => {
      const reply = { usage: REPLIES[name].tellable(usage), words }
      const told = REPLIES_WITH_TOOLS[name].events(reply, uses).filter((event) => typeof event === 'object')
      const own =
        name === 'openai-chat' ? fc.oneof(chunk, fc.constantFrom(...told)) : fc.constantFrom(...told)
      const event = fc.oneof(
        { arbitrary: own, weight: 8 },
        { arbitrary: fc.constant(refusal), weight: 1 },
        { arbitrary: odd.object, weight: isOdd ? 4 : 0 },
      )
      return fc.array(event.chain(written), { maxLength: 9 })
    })

/** What a sink knows at its end, of all events or of those that are not mute; null where it refuses one. */
function told<T>(
  sink: EventSink & { readonly end: () => T },
  events: readonly string[],
  all: boolean,
): T | null {
  try {
    for (const data of events) if (all || sink.isMute?.(data) !== true) sink.push(JSON.parse(data))
    return sink.end()
  } catch {
    return null
  }
}

for (const name of Object.keys(DIALECTS) as DialectName[]) {
  describe(`an event of ${name} that is mute`, () => {
    it('tells the meter nothing: the calls are the same without it, whatever the events are', () =>
      fc.assert(
        fc.property(eventsOf(name), (events) => {
          const { meter } = DIALECTS[name]
          const all = told(meter(), events, true)
          if (all !== null) assert.deepEqual(told(meter(), events, false), all)
        }),
        { numRuns: 2000 },
      ))

    it('tells the observer nothing: the facts are the same without it, whatever the events are', () =>
      fc.assert(
        fc.property(eventsOf(name), (events) => {
          const all = told(observerOf(name), events, true)
          assert.deepEqual(told(observerOf(name), events, false), all)
        }),
        { numRuns: 2000 },
      ))
  })
}

describe('a delta of text', () => {
  it('is mute for meter and observer, as providers write it', () => {
    const mute = (name: DialectName, begin: readonly object[], data: string): boolean => {
      const sinks = [DIALECTS[name].meter(), observerOf(name)]
      for (const sink of sinks) begin.forEach(sink.push)
      return sinks.every((sink) => sink.isMute?.(data) === true)
    }
    const first = {
      id: 'r',
      model: 'm',
      choices: [{ index: 0, delta: {}, finish_reason: null }],
      usage: null,
    }
    const text = '{"id":"r","model":"m","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]'
    assert.equal(mute('openai-chat', [first], `${text},"usage":null}`), true)
    assert.equal(mute('openai-chat', [first], `${text.replaceAll(':', ': ')}}`), true)
    assert.equal(mute('openai-chat', [], `${text}}`), false)
    // Of another choice, with a reason to stop, or with a usage: each of them tells something.
    for (const [from, to] of [
      ['"index":0', '"index":1'],
      ['"finish_reason":null', '"finish_reason":"stop"'],
      ['"model"', '"usage":{},"model"'],
    ] as const) {
      assert.equal(mute('openai-chat', [first], `${text.replace(from, to)}}`), false)
    }
    const delta = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}'
    assert.equal(mute('anthropic-messages', [], delta), true)
    assert.equal(mute('openai-responses', [], '{"type":"response.output_text.delta","delta":"x"}'), true)
  })
})
