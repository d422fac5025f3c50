import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { ReplyFacts } from '../../../src/gateway/exchange/exchange.ts'
import { NOTHING_SAID, observeMessage, observerOf } from '../../../src/gateway/wire/reply-observer.ts'
import { toolAction } from '../../../src/trajectory/action.ts'
import { DIALECTS, type DialectName } from '../../../src/usage/dialects.ts'

function observed(dialect: DialectName, events: readonly unknown[]): ReplyFacts {
  const observer = observerOf(dialect)
  events.forEach(observer.push)
  return observer.end()
}
const delta = (delta: object, finish_reason: string | null = null): object => ({
  id: 'r',
  choices: [{ index: 0, delta, finish_reason }],
})
const piece = (index: number | undefined, id: string | undefined, fn: object): object =>
  delta({ tool_calls: [{ index, id, function: fn }] })

describe('a reply of Chat Completions', () => {
  const read = toolAction('read', { path: 'a.ts' }, { id: 'c1', call: 'r' })
  const bash = toolAction('bash', { command: 'ls' }, { id: 'c2', call: 'r' })

  it('tells its uses of tools, put together from the deltas', () => {
    const events = [
      delta({ role: 'assistant', content: '' }),
      piece(0, 'c1', { name: 'read', arguments: '' }),
      piece(0, undefined, { arguments: '{"path":' }),
      piece(1, 'c2', { name: 'bash', arguments: '{"command"' }),
      piece(0, undefined, { arguments: '"a.ts"}' }),
      piece(1, undefined, { arguments: ':"ls"}' }),
      delta({}, 'tool_calls'),
      { choices: [], usage: {} },
    ]
    assert.deepEqual(observed('openai-chat', events), { stopReason: 'tool_calls', actions: [read, bash] })
  })

  it('tells the same unstreamed', () => {
    const tool_calls = [
      { id: 'c1', type: 'function', function: { name: 'read', arguments: '{"path":"a.ts"}' } },
      { id: 'c2', type: 'function', function: { name: 'bash', arguments: { command: 'ls' } } },
    ]
    const body = { id: 'r', choices: [{ index: 0, finish_reason: 'tool_calls', message: { tool_calls } }] }
    assert.deepEqual(observeMessage('openai-chat', body), { stopReason: 'tool_calls', actions: [read, bash] })
  })

  it('knows uses apart by their ids where every one has the same index, and one that repeats its id', () => {
    const events = [
      piece(0, 'c1', { name: 'read', arguments: '{"path":' }),
      piece(0, 'c1', { name: 'read', arguments: '"a.ts"}' }),
      piece(0, 'c2', { name: 'bash', arguments: '{"command":"ls"}' }),
    ]
    assert.deepEqual(observed('openai-chat', events).actions, [read, bash])
  })

  it('tells the older call of a function, custom tools, and text completions', () => {
    const old = [
      delta({ function_call: { name: 'read', arguments: '{"path":' } }),
      delta({ function_call: { arguments: '"a.ts"}' } }),
    ]
    assert.deepEqual(observed('openai-chat', old).actions, [{ ...read, id: null }])
    const custom = delta({
      tool_calls: [{ index: 0, id: 'x', custom: { name: 'apply_patch', input: '***' } }],
    })
    assert.equal(observed('openai-chat', [custom]).actions[0]?.kind, 'edit')
    const text = { id: 'r', choices: [{ index: 0, text: 'x', finish_reason: 'length' }] }
    assert.deepEqual(observeMessage('openai-chat', text), { stopReason: 'length', actions: [] })
  })
})

describe('a reply of the Responses API', () => {
  const output = [
    { type: 'reasoning', id: 'rs' },
    { type: 'function_call', id: 'f', call_id: 'c1', name: 'read', arguments: '{"path":"a.ts"}' },
    { type: 'local_shell_call', id: 'l', call_id: 'c2', action: { command: ['bash', '-lc', 'cat b.ts'] } },
    {
      type: 'custom_tool_call',
      call_id: 'c3',
      name: 'apply_patch',
      input: '*** Begin Patch\n*** Update File: c.ts\n',
    },
    { type: 'web_search_call', id: 'w', status: 'completed', action: { type: 'search', query: 'x' } },
    { type: 'shell_call', call_id: 'c5', action: { commands: ['cat d.ts', 'ls'] } },
    { type: 'apply_patch_call', call_id: 'c6', operation: { type: 'update_file', path: 'e.ts' } },
    { type: 'message', content: [] },
  ]
  const response = { id: 'r', status: 'completed', output }
  const streamed = [
    { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } },
    { type: 'response.function_call_arguments.delta', delta: '{' },
    ...output.map((item) => ({ type: 'response.output_item.done', item })),
  ]

  it('tells its uses of tools by their items, whatever the tool is', () => {
    const { stopReason, actions } = observeMessage('openai-responses', response)
    assert.equal(stopReason, 'completed')
    assert.deepEqual(
      actions.map(({ id, call, tool, kind, target }) => [id, call, tool, kind, target]),
      [
        ['c1', 'r', 'read', 'view', 'a.ts'],
        ['c2', 'r', 'shell', 'run', null],
        ['c3', 'r', 'apply_patch', 'edit', 'c.ts'],
        ['w', 'r', 'web_search', 'search', null],
        ['c5', 'r', 'shell', 'view', 'd.ts'],
        ['c6', 'r', 'apply_patch', 'edit', 'e.ts'],
      ],
    )
  })

  it('tells the same streamed, once, also when the last event repeats no items or never came', () => {
    const whole = observeMessage('openai-responses', response)
    const end = { type: 'response.completed', response }
    assert.deepEqual(observed('openai-responses', [...streamed, end]), whole)
    assert.deepEqual(observed('openai-responses', [end]), whole)
    const bare = { type: 'response.completed', response: { ...response, output: [] } }
    assert.deepEqual(observed('openai-responses', [...streamed, bare]), whole)
    assert.deepEqual(observed('openai-responses', streamed), { ...whole, stopReason: null })
  })

  it('stops for the reason that is told, else as its status says', () => {
    const details = { reason: 'max_output_tokens' }
    const cut = { id: 'r', status: 'incomplete', incomplete_details: details }
    assert.equal(observeMessage('openai-responses', cut).stopReason, 'max_output_tokens')
    assert.equal(observeMessage('openai-responses', { status: 'failed' }).stopReason, 'failed')
  })
})

describe('a reply of the Messages API', () => {
  const read = toolAction('Read', { file_path: 'a.ts' }, { id: 't1', call: 'm' })
  const search = toolAction('web_search', { query: 'x' }, { id: 's1', call: 'm' })
  const json = (index: number, partial_json: string): object => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'input_json_delta', partial_json },
  })
  const begin = (index: number, block: object): object => ({
    type: 'content_block_start',
    index,
    content_block: block,
  })

  it('tells its uses of tools, streamed and not', () => {
    const events = [
      { type: 'message_start', message: { id: 'm', content: [] } },
      begin(0, { type: 'text', text: '' }),
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '{' } },
      begin(1, { type: 'tool_use', id: 't1', name: 'Read', input: {} }),
      json(1, ''),
      json(1, '{"file_path":'),
      json(1, '"a.ts"}'),
      { type: 'content_block_stop', index: 1 },
      begin(2, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
      json(2, '{"query":"x"}'),
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: {} },
    ]
    const content = [
      { type: 'text', text: 'x' },
      { type: 'tool_use', id: 't1', name: 'Read', input: { file_path: 'a.ts' } },
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } },
    ]
    const whole = { stopReason: 'tool_use', actions: [read, search] }
    assert.deepEqual(observed('anthropic-messages', events), whole)
    assert.deepEqual(
      observeMessage('anthropic-messages', { id: 'm', content, stop_reason: 'tool_use' }),
      whole,
    )
  })

  it('tells a use whose input was cut off by its name', () => {
    const events = [begin(0, { type: 'tool_use', id: 't1', name: 'Read', input: {} }), json(0, '{"file_pa')]
    assert.deepEqual(observed('anthropic-messages', events).actions, [{ ...read, target: null, call: null }])
  })
})

describe('a reply of Gemini', () => {
  it('tells its calls of functions, with an id or without, streamed as a list and not', () => {
    const chunk = (part: object, finishReason?: string): object => ({
      responseId: 'g',
      candidates: [{ content: { parts: [{ text: 'x' }, part] }, finishReason }],
    })
    const read = { functionCall: { name: 'read_file', args: { path: 'a.ts' } } }
    const bash = { functionCall: { id: 'f2', name: 'bash', args: { command: 'ls' } } }
    const whole = {
      stopReason: 'STOP',
      actions: [
        toolAction('read_file', { path: 'a.ts' }, { call: 'g' }),
        toolAction('bash', { command: 'ls' }, { id: 'f2', call: 'g' }),
      ],
    }
    const events = [chunk(read), chunk(bash, 'STOP')]
    assert.deepEqual(observed('gemini', events), whole)
    assert.deepEqual(observeMessage('gemini', events), whole)
    const body = { ...chunk({}), candidates: [{ content: { parts: [read, bash] }, finishReason: 'STOP' }] }
    assert.deepEqual(observeMessage('gemini', body), whole)
    assert.equal(observeMessage('gemini', { promptFeedback: { blockReason: 'SAFETY' } }).stopReason, 'SAFETY')
  })
})

describe('what is no reply', () => {
  const names = Object.keys(DIALECTS) as DialectName[]
  const odd = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      fc.constantFrom(null, 1, '', 'x', true, 'tool_use', 'content_block_delta', 'function_call'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ...['type', 'id', 'choices', 'delta', 'tool_calls', 'function', 'arguments', 'name', 'index'],
          ...['response', 'output', 'item', 'action', 'commands', 'content', 'content_block', 'input'],
          ...[
            'candidates',
            'parts',
            'functionCall',
            'args',
            'message',
            'partial_json',
            'command',
            '__proto__',
          ],
        ),
        tie('any'),
        { maxKeys: 4 },
      ),
    ),
  })).any

  it('says nothing, and breaks nothing', () => {
    for (const name of names) {
      for (const body of [null, undefined, 1, 'x', [], {}, { error: {} }]) {
        assert.deepEqual(observeMessage(name, body), NOTHING_SAID)
      }
      fc.assert(
        fc.property(fc.array(odd), (events) => {
          observed(name, events)
          observeMessage(name, events[0])
        }),
      )
    }
  })
})
