import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exchangesText } from '../../../src/report/exchanges-text.ts'
import type { ExchangeRow } from '../../../src/store/exchange-table.ts'

const OK: ExchangeRow = {
  id: '1',
  at: '2026-11-28T12:00:00.000Z',
  provider: 'openai',
  kind: 'generate',
  path: '/chat/completions',
  modelAsked: 'gpt-5',
  modelAnswered: 'gpt-5',
  streams: true,
  maxOutput: null,
  retry: 0,
  ending: 'ok',
  status: 200,
  stopReason: 'tool_calls',
  tools: ['bash', 'edit'],
  requestBytes: 12_345,
  replyBytes: 1_234_567,
  latencyMs: 5120,
  firstByteMs: 712.4,
}

describe('the exchanges of a run', () => {
  it('are told one a line: how each ended, what it asks for, how large it was and how long it took', () => {
    const lost: ExchangeRow = {
      ...OK,
      path: '/v1beta/models/gemini-2.5-pro:streamGenerateContent',
      ending: 'upstream-lost',
      status: null,
      retry: 1,
      stopReason: null,
      tools: [],
      replyBytes: 0,
      latencyMs: 60_000,
      firstByteMs: null,
    }
    const count: ExchangeRow = {
      ...OK,
      kind: 'count',
      path: '/v1/messages/count_tokens',
      tools: [],
      latencyMs: 9,
    }
    assert.equal(
      exchangesText([OK, lost, count], 120),
      `
exchange  asked                  ended                 stop        tools          sent      got   first       took
1         chat                   ok 200                tool_calls  bash, edit  12.3 kB  1.23 MB  712 ms      5.1 s
2         streamGenerateContent  upstream-lost, try 2                          12.3 kB      0 B          1 min 0 s
3         count                  ok 200                tool_calls              12.3 kB  1.23 MB  712 ms       9 ms
`,
    )
  })

  it('fit into a narrow window', () => {
    const lines = exchangesText([OK], 60).split('\n')
    assert.ok(lines.every((line) => line.length <= 60))
    assert.match(lines[2] ?? '', /^1 {9}chat {3}ok 200/)
  })

  it('are nothing where no gateway saw the run', () => {
    assert.equal(exchangesText([], 80), '')
  })

  it('tell of text that a server made up on one line', () => {
    assert.equal(exchangesText([{ ...OK, stopReason: 'a\nb' }], 120).split('\n').length, 4)
  })
})
