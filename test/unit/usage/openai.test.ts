import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { embeddingsCalls } from '../../../src/usage/embeddings.ts'
import { openaiChat } from '../../../src/usage/openai-chat.ts'
import { openaiResponses } from '../../../src/usage/openai-responses.ts'
import { outputWithReasoning } from '../../../src/usage/output-with-reasoning.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

const chatUsageOf = (counts: object) => openaiChat.message({ usage: counts, choices: [] })[0]?.usage

describe('a reply of Chat Completions', () => {
  it('has an input that contains what was cached and an output that contains the reasoning', () => {
    const body = {
      id: 'chatcmpl-1',
      model: 'gpt-5.6',
      choices: [{ index: 0, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 2600,
        completion_tokens: 300,
        total_tokens: 2900,
        prompt_tokens_details: { cached_tokens: 2000, cache_write_tokens: 400 },
        completion_tokens_details: { reasoning_tokens: 256 },
      },
    }
    // 2600 − 2000 − 400 = 200
    assert.deepEqual(openaiChat.message(body), [
      {
        id: 'chatcmpl-1',
        model: 'gpt-5.6',
        usage: usage({ input: 200, cacheRead: 2000, cacheWrite5m: 400, output: 300, reasoning: 256 }),
        requests: 1,
        incomplete: false,
        quality: 'provider',
      },
    ])
  })

  it('counts all input in one where it does not split it', () => {
    const counts = { prompt_tokens: 100, completion_tokens: 7 }
    assert.deepEqual(chatUsageOf(counts), unknown({ input: 100, output: 7 }))
    assert.deepEqual(
      chatUsageOf({ ...counts, prompt_tokens_details: { audio_tokens: 0, cached_tokens: null } }),
      unknown({ input: 100, output: 7 }),
    )
  })

  it('wrote nothing to the cache where it tells only what it read from it, and the other way round', () => {
    const counts = { prompt_tokens: 100, completion_tokens: 7 }
    assert.deepEqual(
      chatUsageOf({ ...counts, prompt_tokens_details: { cached_tokens: 64 } }),
      usage({ input: 36, cacheRead: 64, output: 7 }),
    )
    assert.deepEqual(
      chatUsageOf({ ...counts, prompt_tokens_details: { cache_write_tokens: 64 } }),
      usage({ input: 36, cacheWrite5m: 64, output: 7 }),
    )
  })

  it('names the same count in many ways, some of them filled with 0: it is counted once', () => {
    const counts = { prompt_tokens: 4965, completion_tokens: 7 }
    const read = usage({ input: 4965 - 3398, cacheRead: 3398, output: 7 })
    assert.deepEqual(chatUsageOf({ ...counts, prompt_cache_hit_tokens: 3398 }), read) // DeepSeek
    assert.deepEqual(chatUsageOf({ ...counts, cached_tokens: 3398 }), read) // Moonshot
    const litellm = {
      ...counts,
      cache_read_input_tokens: 3398,
      cache_creation_input_tokens: 1564,
      prompt_tokens_details: { cached_tokens: 0, cache_creation_tokens: 1564, cache_write_tokens: 1564 },
    }
    assert.deepEqual(
      chatUsageOf(litellm),
      usage({ input: 3, cacheRead: 3398, cacheWrite5m: 1564, output: 7 }),
    )
    const details = { cached_tokens: 3398, cache_creation_tokens: 1564 }
    assert.deepEqual(
      chatUsageOf({ ...counts, prompt_tokens_details: details }),
      usage({ input: 3, cacheRead: 3398, cacheWrite5m: 1564, output: 7 }),
    )
    const short = { cached_tokens: 3398, cache_creation_token_details: { ephemeral_5m_input_tokens: 1564 } }
    assert.deepEqual(
      chatUsageOf({ ...counts, prompt_tokens_details: short }),
      usage({ input: 3, cacheRead: 3398, cacheWrite5m: 1564, output: 7 }),
    )
    const split = { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 564 }
    assert.deepEqual(
      chatUsageOf({
        ...counts,
        prompt_tokens_details: { ...details, cache_creation_token_details: split },
      }),
      usage({ input: 3, cacheRead: 3398, cacheWrite5m: 1000, cacheWrite1h: 564, output: 7 }),
    )
  })

  it('is never negative where a gateway counts its input without what was cached', () => {
    const details = { cached_tokens: 3398, cache_write_tokens: 1564 }
    const counts = { prompt_tokens: 3, completion_tokens: 7, prompt_tokens_details: details }
    assert.deepEqual(chatUsageOf(counts), usage({ input: 3, cacheRead: 3398, cacheWrite5m: 1564, output: 7 }))
    // 3401 contains what was read, 3 + 3398, but not what was written.
    assert.deepEqual(
      chatUsageOf({ ...counts, prompt_tokens: 3401 }),
      usage({ input: 3, cacheRead: 3398, cacheWrite5m: 1564, output: 7 }),
    )
    assert.deepEqual(
      chatUsageOf({ ...counts, prompt_tokens: 4962 }),
      usage({ input: 0, cacheRead: 3398, cacheWrite5m: 1564, output: 7 }),
    )
  })

  it('is kept and marked when its usage is missing, and is none when it is an error', () => {
    const [call] = openaiChat.message({ id: 'c', choices: [{ index: 0, finish_reason: 'stop' }] })
    assert.deepEqual(call?.usage, unknown())
    assert.equal(call?.incomplete, true)
    assert.equal(openaiChat.message({})[0]?.incomplete, true)
    assert.deepEqual(openaiChat.message({ error: { message: 'rate limit' } }), [])
    const billed = { error: {}, usage: { prompt_tokens: 5, completion_tokens: 0 } }
    assert.deepEqual(openaiChat.message(billed)[0]?.usage, unknown({ input: 5, output: 0 }))
    assert.equal(openaiChat.message({ error: {}, choices: [{ index: 0 }] }).length, 1)
  })
})

describe('output with reasoning', () => {
  const told = { input: 32, output: 9, reasoning: 4, total: 41 }

  it('is the output where that contains it', () => {
    assert.equal(outputWithReasoning(told), 9)
    assert.equal(outputWithReasoning({ ...told, total: null }), 9)
    assert.equal(outputWithReasoning({ ...told, reasoning: 9 }), 9)
    assert.equal(outputWithReasoning({ ...told, reasoning: null }), 9)
    assert.equal(outputWithReasoning({ ...told, total: 46 }), 9)
  })

  it('is the sum where reasoning stands beside it, as xAI counts', () => {
    assert.equal(outputWithReasoning({ ...told, total: 45 }), 13) // 32 + 9 + 4
    assert.equal(outputWithReasoning({ input: 10_120, output: 1499, reasoning: 2809, total: 14_428 }), 4308)
    assert.equal(outputWithReasoning({ input: null, output: 9, reasoning: 94, total: null }), 103)
    assert.equal(outputWithReasoning({ input: null, output: 9, reasoning: 4, total: 13 }), 9)
  })

  it('is unknown without an output', () => {
    assert.equal(outputWithReasoning({ ...told, output: null }), null)
  })

  it('is counted once in a reply', () => {
    const counts = {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 135,
      completion_tokens_details: { reasoning_tokens: 94 },
    }
    assert.deepEqual(chatUsageOf(counts), unknown({ input: 32, output: 103, reasoning: 94 }))
    const few = { ...counts, total_tokens: 45, completion_tokens_details: { reasoning_tokens: 4 } }
    assert.deepEqual(chatUsageOf(few), unknown({ input: 32, output: 13, reasoning: 4 }))
  })
})

describe('a stream of Chat Completions', () => {
  const text = { id: 'chatcmpl-1', model: 'gpt-5', choices: [{ index: 0, delta: { content: 'x' } }] }
  const finish = (index: number, counts: object | null = null) => ({
    choices: [{ index, delta: {}, finish_reason: 'stop' }],
    usage: counts,
  })
  const counts = (completion: number) => ({ prompt_tokens: 100, completion_tokens: completion })
  const metered = (...events: object[]) => {
    const meter = openaiChat.meter()
    events.forEach(meter.push)
    return meter.end()
  }

  it('tells its usage in a chunk of its own', () => {
    assert.deepEqual(metered(text, finish(0), { choices: [], usage: counts(7) }), [
      {
        id: 'chatcmpl-1',
        model: 'gpt-5',
        usage: unknown({ input: 100, output: 7 }),
        requests: 1,
        incomplete: false,
        quality: 'provider',
      },
    ])
    assert.equal(metered(text, { usage: counts(7) })[0]?.incomplete, false)
  })

  it('or in the one that finishes it, or where Groq puts it', () => {
    for (const end of [finish(0, counts(7)), { ...finish(0), x_groq: { usage: counts(7) } }]) {
      const [call] = metered(text, end)
      assert.deepEqual(call?.usage, unknown({ input: 100, output: 7 }))
      assert.equal(call?.incomplete, false)
    }
  })

  it('is incomplete while a choice is open, though a running total was told', () => {
    const open = { ...text, usage: counts(3) }
    assert.equal(metered(open)[0]?.incomplete, true)
    assert.deepEqual(metered(open)[0]?.usage, unknown({ input: 100, output: 3 }))
    const other = { choices: [{ index: 1, delta: {} }], usage: counts(4) }
    assert.equal(metered(open, other, finish(0, counts(5)))[0]?.incomplete, true)
    assert.equal(metered(open, other, finish(0, counts(5)), finish(1, counts(6)))[0]?.incomplete, false)
    const nameless = { choices: [{ delta: {} }], usage: counts(4) }
    assert.equal(
      metered(nameless, { choices: [{ finish_reason: 'stop' }], usage: counts(4) })[0]?.incomplete,
      false,
    )
    assert.equal(metered(nameless, finish(1, counts(5)))[0]?.incomplete, true)
  })

  it('is incomplete without usage, as when nobody asked for it', () => {
    const [call] = metered(text, finish(0))
    assert.deepEqual(call?.usage, unknown())
    assert.equal(call?.incomplete, true)
    assert.equal(metered()[0]?.incomplete, true)
  })

  it('stays complete when something without counts follows, and not when a choice does', () => {
    const end = { choices: [], usage: counts(7) }
    assert.equal(metered(text, finish(0), end, { choices: [] })[0]?.incomplete, false)
    assert.equal(metered(text, finish(0), end, text)[0]?.incomplete, true)
  })

  it('tells its usage beside a choice that has finished, as LiteLLM’s proxy and OpenRouter do', () => {
    for (const delta of [{}, { role: 'assistant', content: '' }, { content: null }]) {
      const last = { choices: [{ index: 0, delta, finish_reason: null }], usage: counts(7) }
      assert.equal(metered(text, finish(0), last)[0]?.incomplete, false)
      assert.equal(metered(text, last)[0]?.incomplete, true)
    }
    const goesOn = { choices: [{ index: 0, delta: { content: 'y' } }], usage: counts(7) }
    assert.equal(metered(text, finish(0), goesOn)[0]?.incomplete, true)
    const completion = { choices: [{ index: 0, text: 'y' }], usage: counts(7) }
    assert.equal(metered(text, finish(0), completion)[0]?.incomplete, true)
  })

  it('is no call when the provider refused it, and is incomplete when it failed midway', () => {
    const error = { error: { message: 'overloaded' } }
    assert.deepEqual(metered(error), [])
    assert.equal(metered(text, error)[0]?.incomplete, true)
    assert.equal(metered(text, error, { choices: [], usage: counts(7) })[0]?.incomplete, true)
    assert.equal(metered({ ...text, error: null }, { choices: [], usage: counts(7) })[0]?.incomplete, false)
  })
})

describe('a reply of the Responses API', () => {
  const response = {
    object: 'response',
    id: 'resp_1',
    model: 'gpt-5.6-luna',
    status: 'completed',
    error: null,
    usage: {
      input_tokens: 18_014,
      input_tokens_details: { cached_tokens: 3000, cache_write_tokens: 15_011 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 18_064,
    },
  }
  const call = {
    id: 'resp_1',
    model: 'gpt-5.6-luna',
    // 18014 − 3000 − 15011 = 3
    usage: usage({ input: 3, cacheRead: 3000, cacheWrite5m: 15_011, output: 50, reasoning: 20 }),
    requests: 1,
    incomplete: false,
    quality: 'provider',
  }
  const metered = (...events: object[]) => {
    const meter = openaiResponses.meter()
    events.forEach(meter.push)
    return meter.end()
  }

  it('has an input that contains what was cached and an output that contains the reasoning', () => {
    assert.deepEqual(openaiResponses.message(response), [call])
    const plain = { object: 'response', usage: { input_tokens: 5, output_tokens: 6 } }
    assert.deepEqual(openaiResponses.message(plain)[0]?.usage, unknown({ input: 5, output: 6 }))
  })

  it('tells xAI’s reasoning beside its output in the total', () => {
    const counts = {
      input_tokens: 32,
      output_tokens: 9,
      total_tokens: 50,
      output_tokens_details: { reasoning_tokens: 9 },
    }
    assert.equal(openaiResponses.message({ usage: counts })[0]?.usage.output, 18)
  })

  it('is incomplete without usage, also when it failed, and is none when it is an error or a count', () => {
    const failed = { ...response, status: 'failed', error: { code: 'server_error' }, usage: null }
    assert.deepEqual(openaiResponses.message(failed)[0]?.usage, unknown())
    assert.equal(openaiResponses.message(failed)[0]?.incomplete, true)
    assert.equal(openaiResponses.message({})[0]?.incomplete, true)
    assert.deepEqual(openaiResponses.message({ error: { message: 'bad key' } }), [])
    assert.deepEqual(openaiResponses.message({ object: 'response.input_tokens', input_tokens: 11 }), [])
  })

  it('tells its usage in the event that ends the stream, for whatever reason', () => {
    const created = { type: 'response.created', response: { ...response, usage: null } }
    for (const end of ['completed', 'incomplete', 'failed', 'cancelled']) {
      assert.deepEqual(metered(created, { type: `response.${end}`, response }), [call])
    }
    assert.deepEqual(metered({ type: 'response.completed', response }, created)[0]?.incomplete, true)
    assert.deepEqual(metered({ type: 'response.completed', response }, { type: 'error' }), [call])
    assert.deepEqual(metered({ type: 'response.completed', response }, { response }), [call])
  })

  it('is incomplete when its stream ends earlier', () => {
    const created = { type: 'response.created', response: { ...response, usage: null } }
    assert.deepEqual(metered(created), [{ ...call, usage: unknown(), incomplete: true }])
    assert.deepEqual(metered({ ...created, response }), [{ ...call, incomplete: true }])
    assert.deepEqual(metered({ response }), [{ ...call, incomplete: true }])
    assert.equal(metered(created, { type: 'error' })[0]?.incomplete, true)
    assert.equal(metered({ type: 'response.output_text.delta', delta: 'x' })[0]?.incomplete, true)
    assert.equal(metered()[0]?.incomplete, true)
  })

  it('is no call when the provider refused it', () => {
    assert.deepEqual(metered({ type: 'error', message: 'overloaded' }), [])
  })
})

describe('a reply of an embeddings API', () => {
  it('has an input and nothing else', () => {
    const body = { data: [], model: 'text-embedding-3-small', usage: { prompt_tokens: 8, total_tokens: 8 } }
    assert.deepEqual(embeddingsCalls(body), [
      {
        id: null,
        model: 'text-embedding-3-small',
        usage: usage({ input: 8, reasoning: 0 }),
        requests: 1,
        incomplete: false,
        quality: 'provider',
      },
    ])
    assert.equal(embeddingsCalls({ usage: { total_tokens: 9 } })[0]?.usage.input, 9)
    assert.equal(embeddingsCalls({ usage: { prompt_tokens: 7 } })[0]?.usage.input, 7)
  })

  it('is incomplete without usage, and none when it is an error', () => {
    assert.deepEqual(embeddingsCalls({ data: [] })[0]?.usage, unknown())
    assert.equal(embeddingsCalls({ data: [], usage: {} })[0]?.incomplete, true)
    assert.equal(embeddingsCalls({})[0]?.incomplete, true)
    assert.deepEqual(embeddingsCalls({ error: {} }), [])
    assert.equal(embeddingsCalls({ error: {}, data: [] }).length, 1)
    assert.equal(embeddingsCalls({ error: {}, usage: { prompt_tokens: 1 } }).length, 1)
  })
})
