import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Endpoint, endpointOf } from '../../../src/gateway/endpoint.ts'
import { withMaxOutput, withUsageAsked } from '../../../src/gateway/wire/request-edits.ts'
import { requestFacts } from '../../../src/gateway/wire/request-facts.ts'

const PATHS = {
  chat: '/v1/chat/completions',
  completions: '/v1/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  gemini: '/v1beta/models/m:generateContent',
} as const
const endpoint = (name: keyof typeof PATHS): Endpoint => {
  const found = endpointOf('POST', PATHS[name], name === 'messages')
  assert.ok(found !== null)
  return found
}
const limited = (name: keyof typeof PATHS, body: string, tokens: number): string | null =>
  withMaxOutput(endpoint(name), body, tokens)

describe('a request that is asked for its usage', () => {
  it('has the option, and is else as it was', () => {
    assert.equal(withUsageAsked('{"a": 1}'), '{"a": 1,"stream_options":{"include_usage":true}}')
    assert.equal(
      withUsageAsked('{"stream_options": {"include_obfuscation": false}}'),
      '{"stream_options": {"include_obfuscation": false,"include_usage":true}}',
    )
    assert.equal(withUsageAsked('{"stream_options":null}'), '{"stream_options":{"include_usage":true}}')
  })
})

describe('a request with a limit', () => {
  it('has it under the name that it used, or that the API uses', () => {
    assert.equal(limited('chat', '{"max_tokens":9}', 5), '{"max_tokens":5}')
    assert.equal(limited('chat', '{"max_tokens":null}', 5), '{"max_tokens":null,"max_completion_tokens":5}')
    assert.equal(
      limited('chat', '{"max_tokens":9,"max_completion_tokens":8}', 5),
      '{"max_tokens":5,"max_completion_tokens":5}',
    )
    assert.equal(limited('completions', '{}', 5), '{"max_tokens":5}')
    assert.equal(limited('responses', '{"model":"m"}', 16), '{"model":"m","max_output_tokens":16}')
    assert.equal(limited('messages', '{"max_tokens":9}', 5), '{"max_tokens":5}')
    assert.equal(limited('gemini', '{}', 5), '{"generationConfig":{"maxOutputTokens":5}}')
    assert.equal(
      limited('gemini', '{"generation_config":{"max_output_tokens":9}}', 5),
      '{"generation_config":{"max_output_tokens":5}}',
    )
  })

  it('shares it among the answers that it asks for', () => {
    assert.equal(limited('chat', '{"n":2}', 5), '{"n":2,"max_completion_tokens":2}')
    assert.equal(
      limited('gemini', '{"generationConfig":{"candidateCount":2}}', 5),
      '{"generationConfig":{"candidateCount":2,"maxOutputTokens":2}}',
    )
  })

  it('is none where the provider takes no limit that low', () => {
    assert.equal(limited('chat', '{"n":3}', 2), null)
    assert.equal(limited('responses', '{}', 15), null)
    assert.equal(limited('messages', '{}', 0), null)
    assert.equal(limited('gemini', '{}', 0), null)
  })

  it('thinks within it, or not at all', () => {
    const body = '{"max_tokens":64000,"thinking":{"type":"enabled","budget_tokens":32000}}'
    assert.equal(
      limited('messages', body, 2000),
      '{"max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1999}}',
    )
    assert.equal(limited('messages', body, 1024), '{"max_tokens":1024,"thinking":{"type":"disabled"}}')
    assert.equal(limited('messages', body, 1025)?.includes('"budget_tokens":1024'), true)
    assert.equal(limited('messages', body, 40_000)?.includes('"budget_tokens":32000'), true)
    const adaptive = '{"max_tokens":9,"thinking":{"type":"adaptive"}}'
    assert.equal(limited('messages', adaptive, 5), '{"max_tokens":5,"thinking":{"type":"adaptive"}}')
  })

  it('is never read as allowing more, whatever limits and counts were in it', () => {
    const limit = fc.option(fc.nat(200), { nil: undefined })
    const members = fc.record({
      max_tokens: limit,
      max_completion_tokens: limit,
      max_output_tokens: limit,
      n: limit,
      generationConfig: fc.option(fc.record({ maxOutputTokens: limit, candidateCount: limit })),
      generation_config: fc.option(fc.record({ max_output_tokens: limit, candidate_count: limit })),
    })
    const name = fc.constantFrom(...(Object.keys(PATHS) as (keyof typeof PATHS)[]))
    fc.assert(
      fc.property(name, members, fc.nat(500), (at, body, tokens) => {
        const edited = limited(at, JSON.stringify(body), tokens)
        if (edited === null) return
        const facts = requestFacts(endpoint(at), edited)
        assert.ok(facts.kind === 'request' && facts.maxOutput !== null && facts.maxOutput <= tokens)
      }),
    )
  })
})
