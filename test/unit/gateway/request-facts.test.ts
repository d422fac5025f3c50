import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Endpoint, endpointOf } from '../../../src/gateway/endpoint.ts'
import { requestFacts, type WireRequest } from '../../../src/gateway/wire/request-facts.ts'

const endpoint = (path: string): Endpoint => {
  const found = endpointOf('POST', path, path === '/v1/messages')
  assert.ok(found !== null)
  return found
}
const chat = endpoint('/v1/chat/completions')
const completions = endpoint('/v1/completions')
const responses = endpoint('/v1/responses')
const messages = endpoint('/v1/messages')
const gemini = endpoint('/v1beta/models/gemini-3-pro:streamGenerateContent')

function facts(at: Endpoint, body: object): WireRequest {
  const read = requestFacts(at, JSON.stringify(body))
  assert.ok(read.kind === 'request')
  return read
}

const IMAGE = { type: 'image', source: { type: 'base64', data: 'AAAA' } }

describe('the facts of a request', () => {
  it('are its model, whether it streams, and its bytes', () => {
    const body = { model: 'größer', stream: true }
    const { model, streams, bytes } = facts(chat, body)
    assert.deepEqual({ model, streams }, { model: 'größer', streams: true })
    assert.equal(bytes, Buffer.byteLength(JSON.stringify(body)))
    assert.equal(facts(messages, {}).model, null)
    assert.equal(facts(messages, {}).streams, false)
    assert.equal(facts(gemini, {}).model, 'gemini-3-pro')
    assert.equal(facts(gemini, {}).streams, true)
  })

  it('are none where the body is no JSON object, and why is told', () => {
    for (const body of ['', '[]', 'null', '{"a":', '"x"']) {
      assert.equal(requestFacts(chat, body).kind, 'malformed')
    }
    const deep = `{"messages":[{"role":"tool","content":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`
    assert.equal(requestFacts(chat, deep).kind, 'malformed')
  })

  it('hold what any request may say, whatever its members are', () => {
    const odd = [null, 1, 'x', [], {}, [null, 1, 'x', [], {}], { content: 1 }]
    const names = [
      'messages',
      'input',
      'contents',
      'tools',
      'system',
      'prompt',
      'generationConfig',
      'thinking',
    ]
    for (const at of [chat, completions, responses, messages, gemini]) {
      for (const value of odd) {
        const body = Object.fromEntries(names.map((name) => [name, value]))
        assert.equal(requestFacts(at, JSON.stringify(body)).kind, 'request')
      }
    }
  })
})

describe('the most that a model may write', () => {
  it('is what the request says, for all answers that it asks for', () => {
    assert.equal(facts(chat, { max_tokens: 100 }).maxOutput, 100)
    assert.equal(facts(chat, { max_completion_tokens: 100, n: 3 }).maxOutput, 300)
    assert.equal(facts(completions, { max_tokens: 10, prompt: ['a', 'b'], n: 2, best_of: 4 }).maxOutput, 80)
    assert.equal(facts(completions, { max_tokens: 10, prompt: [1, 2, 3] }).maxOutput, 10)
    assert.equal(facts(responses, { max_output_tokens: 100 }).maxOutput, 100)
    assert.equal(facts(messages, { max_tokens: 100 }).maxOutput, 100)
    assert.equal(facts(gemini, { generationConfig: { maxOutputTokens: 9, candidateCount: 2 } }).maxOutput, 18)
    assert.equal(
      facts(gemini, { generation_config: { max_output_tokens: 9, candidate_count: 2 } }).maxOutput,
      18,
    )
  })

  it('is the larger one of two limits, as servers differ in which they read', () => {
    assert.equal(facts(chat, { max_tokens: 100, max_completion_tokens: 50 }).maxOutput, 100)
  })

  it('is not told by what is no number of tokens', () => {
    assert.equal(facts(chat, { max_tokens: null }).maxOutput, null)
    assert.equal(facts(chat, { max_tokens: '100' }).maxOutput, null)
    assert.equal(facts(messages, { max_tokens: -1 }).maxOutput, null)
    assert.equal(facts(gemini, {}).maxOutput, null)
  })
})

describe('the answers of tools in a request', () => {
  it('are told with the id of the use and the characters that came back', () => {
    const inChat = [
      { role: 'assistant', tool_calls: [{ id: 'c1' }] },
      { role: 'tool', tool_call_id: 'c1', content: 'four' },
      { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'seven…' }] },
      { role: 'function', name: 'old', content: 'x' },
    ]
    assert.deepEqual(facts(chat, { messages: inChat }).toolResults, [
      { id: 'c1', chars: 4 },
      { id: 'c2', chars: 6 },
      { id: 'old#1', chars: 1 },
    ])
    const input = [
      { type: 'function_call_output', call_id: 'f1', output: 'four' },
      {
        type: 'function_call_output',
        call_id: 'f2',
        output: [{ type: 'input_text', text: 'abc' }, { type: 'input_image' }],
      },
      { type: 'custom_tool_call_output', call_id: 'p1', output: 'done' },
      { type: 'local_shell_call_output', id: 'l1', output: '{}' },
      { type: 'shell_call_output', call_id: 's1', output: [{ stdout: 'out', stderr: 'er' }] },
      { role: 'user', content: 'not this' },
    ]
    const told = facts(responses, { input })
    assert.deepEqual(told.toolResults, [
      { id: 'f1', chars: 4 },
      { id: 'f2', chars: 3 },
      { id: 'p1', chars: 4 },
      { id: 'l1', chars: 2 },
      { id: 's1', chars: 5 },
    ])
    assert.equal(told.mediaParts, 1)
  })

  it('are told of Anthropic and Gemini, whose functions may have but a name', () => {
    const content = [
      { type: 'tool_result', tool_use_id: 't1', content: 'four' },
      { type: 'tool_result', tool_use_id: 't2', content: [{ type: 'text', text: 'abc' }, IMAGE] },
    ]
    const told = facts(messages, { messages: [{ role: 'user', content }] })
    assert.deepEqual(told.toolResults, [
      { id: 't1', chars: 4 },
      { id: 't2', chars: 3 },
    ])
    assert.equal(told.mediaParts, 1)
    const parts = [
      { functionResponse: { name: 'read', response: { result: 'four' } } },
      { functionResponse: { name: 'read', response: { lines: ['ab', 'c'], ok: true } } },
      { functionResponse: { id: 'g3', name: 'read', response: {} } },
      { function_response: { name: 'write', response: { output: '' } } },
    ]
    assert.deepEqual(facts(gemini, { contents: [{ role: 'user', parts }] }).toolResults, [
      { id: 'read#1', chars: 4 },
      { id: 'read#2', chars: 3 },
      { id: 'g3', chars: 0 },
      { id: 'write#1', chars: 0 },
    ])
  })
})

describe('what a request holds that cannot be counted', () => {
  it('is every image, sound, file and address', () => {
    const content = [
      { type: 'text', text: '' },
      { type: 'image_url' },
      { type: 'input_audio' },
      { type: 'file', file: { file_data: '' } },
    ]
    assert.equal(facts(chat, { messages: [{ role: 'user', content }] }).mediaParts, 3)
    const input = [
      { role: 'user', content: [{ type: 'input_text' }, { type: 'input_image' }, { type: 'input_file' }] },
    ]
    assert.equal(facts(responses, { input }).mediaParts, 2)
    const documents = [
      { type: 'document', source: { type: 'text', data: 'x' } },
      { type: 'document', source: { type: 'content', content: [IMAGE] } },
      { type: 'document', source: { type: 'url', url: 'https://example.org/x.pdf' } },
    ]
    assert.equal(facts(messages, { messages: [{ content: documents }] }).mediaParts, 2)
    const parts = [{ text: 'x' }, { inlineData: {} }, { file_data: {} }]
    assert.equal(facts(gemini, { contents: { parts } }).mediaParts, 2)
    assert.equal(facts(endpoint('/v1/embeddings'), { input: ['a', { image: 'x' }] }).mediaParts, 1)
  })

  it('is a prompt that lies with the provider', () => {
    assert.equal(facts(responses, { input: 'x', previous_response_id: null }).remembers, false)
    assert.equal(facts(responses, { previous_response_id: 'r' }).remembers, true)
    assert.equal(facts(responses, { conversation: { id: 'c' } }).remembers, true)
    assert.equal(facts(responses, { prompt: { id: 'p' } }).remembers, true)
    assert.equal(facts(responses, { input: [{ type: 'item_reference', id: 'i' }] }).remembers, true)
    assert.equal(facts(responses, { input: [{ content: [{ file_id: 'f' }] }] }).remembers, true)
    assert.equal(facts(chat, { messages: [{ content: [{ file: { file_id: 'f' } }] }] }).remembers, true)
    assert.equal(facts(chat, { messages: [{ role: 'assistant', audio: { id: 'a' } }] }).remembers, true)
    assert.equal(facts(messages, { container: 'c' }).remembers, true)
    const file = { type: 'document', source: { type: 'file', file_id: 'f' } }
    assert.equal(facts(messages, { messages: [{ content: [file] }] }).remembers, true)
    assert.equal(facts(gemini, { cachedContent: 'cachedContents/c' }).remembers, true)
    for (const at of [chat, messages, gemini]) assert.equal(facts(at, {}).remembers, false)
  })

  it('is what tools find that the provider runs', () => {
    const own = [{ type: 'function' }, { type: 'custom' }, { type: 'local_shell' }, { type: 'apply_patch' }]
    assert.equal(facts(responses, { tools: own }).hostedTools, 0)
    assert.equal(facts(responses, { tools: [...own, { type: 'web_search' }] }).hostedTools, 1)
    assert.equal(
      facts(messages, {
        tools: [{ name: 'read' }, { type: 'bash_20250124' }, { type: 'web_search_20250305' }],
      }).hostedTools,
      1,
    )
    assert.equal(
      facts(gemini, { tools: [{ functionDeclarations: [] }, { googleSearch: {} }] }).hostedTools,
      1,
    )
    assert.equal(facts(chat, { tools: [{ type: 'function' }], web_search_options: {} }).hostedTools, 1)
  })
})

describe('who asked', () => {
  it('for the usage of a stream is told', () => {
    assert.equal(facts(chat, { stream_options: { include_usage: true } }).usageAsked, true)
    assert.equal(facts(chat, { usage: { include: true } }).usageAsked, true)
    assert.equal(facts(chat, { stream_options: { include_usage: false } }).usageAsked, false)
    assert.equal(facts(chat, { stream_options: null }).usageAsked, false)
  })

  it('for an answer in the background is told', () => {
    assert.equal(facts(responses, { background: true }).background, true)
    assert.equal(facts(responses, {}).background, false)
  })
})
