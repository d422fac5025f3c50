import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_CONDITIONS } from '../../../src/trajectory/conditions.ts'
import { litellmLogs } from '../../../src/trajectory/litellm-logs.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { foundBy, jsonLines, sourceOf } from '../../fixtures/trajectory/csv-map-source.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

/** A row of the table, as its API gives it. */
const row = (n: number, more: object = {}) => ({
  request_id: `chatcmpl-${n}`,
  call_type: 'acompletion',
  api_key: 'hash',
  spend: 0.01 * n,
  total_tokens: 1010 * n,
  prompt_tokens: 1000 * n,
  completion_tokens: 10 * n,
  startTime: `2025-06-01T10:00:0${n}.000Z`,
  endTime: `2025-06-01T10:00:0${n}.750Z`,
  completionStartTime: null,
  model: 'anthropic/claude-sonnet-4',
  model_group: 'sonnet',
  cache_hit: 'False',
  metadata: {
    status: 'success',
    usage_object: {
      prompt_tokens: 1000 * n,
      completion_tokens: 10 * n,
      total_tokens: 1010 * n,
      cache_read_input_tokens: 600 * n,
      cache_creation_input_tokens: 100 * n,
    },
  },
  messages: {},
  response: {},
  session_id: 'session-1',
  status: 'success',
  ...more,
})
const NO_TOKENS = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, spend: 0, metadata: {} }

/** What LiteLLM hands to its callbacks of the same call. */
const payload = (n: number, more: object = {}) => ({
  id: `chatcmpl-${n}`,
  trace_id: 'session-1',
  call_type: 'acompletion',
  stream: false,
  response_cost: 0.01 * n,
  status: 'success',
  total_tokens: 1010 * n,
  prompt_tokens: 1000 * n,
  completion_tokens: 10 * n,
  startTime: Date.parse(`2025-06-01T10:00:0${n}.000Z`) / 1000,
  endTime: Date.parse(`2025-06-01T10:00:0${n}.750Z`) / 1000,
  model: 'anthropic/claude-sonnet-4',
  metadata: { user_api_key_hash: 'hash', usage_object: row(n).metadata.usage_object },
  cache_hit: null,
  request_tags: [],
  messages: [{ role: 'user', content: 'Fix it.' }],
  response: { id: `chatcmpl-${n}` },
  error_information: { error_code: '', error_class: '' },
  ...more,
})

const read = (content: string, name = 'logs.json') => foundBy(litellmLogs, sourceOf(content, name, 37))
const readLines = (...rows: readonly object[]) => read(jsonLines(...rows))

describe('the spend logs of LiteLLM', () => {
  it('are a run for each session, with its calls in the order of time', async () => {
    const { runs, wrong } = await read(JSON.stringify([row(2), row(3, { session_id: 'session-2' }), row(1)]))
    assert.deepEqual(wrong, [])
    const [first, second] = runs
    assert.ok(first)
    const { perCall, ...rest } = first
    assert.deepEqual(rest, {
      key: 'session-1',
      task: { id: null, benchmark: null, repository: null },
      agent: null,
      agentVersion: null,
      model: 'anthropic/claude-sonnet-4',
      run: null,
      // 3000 of prompt, of which 1800 were read and 300 written: 900
      usage: usage({ input: 900, cacheRead: 1800, cacheWrite5m: 300, output: 30 }),
      incomplete: false,
      calls: 2,
      steps: null,
      outcome: null,
      wallSeconds: 1.75,
      startedAt: '2025-06-01T10:00:01.000Z',
      reportedUsd: '0.03',
      conditions: NO_CONDITIONS,
      actions: [],
      quality: 'log',
    })
    assert.deepEqual(perCall, [
      {
        id: 'chatcmpl-1',
        at: '2025-06-01T10:00:01.000Z',
        model: 'anthropic/claude-sonnet-4',
        usage: usage({ input: 300, cacheRead: 600, cacheWrite5m: 100, output: 10 }),
        requests: 1,
        incomplete: false,
        quality: 'log',
        reportedUsd: '0.01',
      },
      { ...perCall[1], id: 'chatcmpl-2' },
    ])
    assert.deepEqual([second?.key, second?.calls], ['session-2', 1])
  })

  it('are the same as a list, as lines, as an answer of the API, and as what callbacks get', async () => {
    const rows = [row(1), row(2)]
    const [wanted] = (await read(JSON.stringify(rows))).runs
    const texts = [
      JSON.stringify(rows, null, 2),
      jsonLines(...rows),
      JSON.stringify({ data: rows, total: 2, page: 1 }),
      JSON.stringify({ data: rows }, null, 4),
      jsonLines(...rows.map((each) => ({ ...each, metadata: JSON.stringify(each.metadata) }))),
      jsonLines(payload(1), payload(2)),
    ]
    for (const text of texts) {
      assert.equal(litellmLogs.detect(sourceOf(text)), 2)
      const { runs, wrong } = await read(text)
      assert.deepEqual([runs, wrong], [[wanted], []])
    }
    const one = JSON.stringify(payload(1), null, 2)
    assert.deepEqual((await read(one)).runs, (await readLines(row(1))).runs)
  })

  it('are known by their fields', () => {
    for (const other of [
      '',
      '[]',
      '[1]',
      '{"data": []}',
      '{"request_id": "x", "spend": 1}',
      '{"id": "chatcmpl-1"}',
    ]) {
      assert.equal(litellmLogs.detect(sourceOf(other)), 0)
    }
  })

  it('take the counts of the row where those of the provider were not kept', async () => {
    const { runs } = await readLines(
      row(1, { metadata: {} }),
      row(2, { metadata: { usage_object: null, additional_usage_values: { cache_read_input_tokens: 500 } } }),
      row(3, { metadata: null, prompt_tokens: null, completion_tokens: null, total_tokens: null }),
    )
    assert.deepEqual(
      runs[0]?.perCall.map((call) => [call.usage, call.incomplete]),
      [
        [unknown({ input: 1000, output: 10 }), false],
        [usage({ input: 1500, cacheRead: 500, output: 20 }), false],
        [unknown(), true],
      ],
    )
  })

  it('count what was not paid for as no call', async () => {
    const refused = (code: unknown) => ({
      status: 'failure',
      metadata: { error_information: { error_code: code } },
    })
    const { runs, nothing } = await readLines(
      row(1, { request_id: 'chatcmpl-1_cache_hit1748772001.5', cache_hit: 'True', spend: 0 }),
      row(2, { ...NO_TOKENS, call_type: 'call_mcp_tool' }),
      row(3, { ...NO_TOKENS, ...refused('429') }),
      payload(4, { ...NO_TOKENS, status: 'failure', error_information: { error_code: 400 } }),
    )
    assert.deepEqual(runs, [])
    assert.deepEqual(nothing, ['logs.json: no call that was paid for'])
  })

  it('count a call that broke off as one of which nothing is known', async () => {
    const { runs } = await readLines(
      row(1),
      row(2, { ...NO_TOKENS, status: 'failure', metadata: { error_information: { error_code: '500' } } }),
      row(3, { ...NO_TOKENS, status: 'failure', metadata: { error_information: { error_code: '408' } } }),
      row(4, NO_TOKENS),
    )
    assert.deepEqual(
      runs.map((run) => [
        run.calls,
        run.usage.output,
        run.incomplete,
        run.reportedUsd,
        run.perCall[1]?.usage,
      ]),
      [[4, 10, true, null, unknown()]],
    )
  })

  it('know no cost where the price of a model is not known to LiteLLM', async () => {
    const { runs } = await readLines(row(1, { spend: 0 }), row(2))
    assert.deepEqual(
      runs.map((run) => [run.reportedUsd, ...run.perCall.map((call) => call.reportedUsd)]),
      [[null, null, '0.02']],
    )
  })

  it('are a run for each request where nothing tells of a session', async () => {
    const { runs } = await readLines(
      row(1, { session_id: null }),
      row(2, { session_id: null, metadata: { session_id: 'inner' } }),
      payload(3, { trace_id: null }),
    )
    assert.deepEqual(
      runs.map(({ key }) => key),
      ['chatcmpl-1', 'inner', 'chatcmpl-3'],
    )
  })

  it('count a request once that is in two pages of an answer', async () => {
    const { runs } = await readLines(row(1), row(2), row(2))
    assert.deepEqual(
      runs.map(({ calls, usage }) => [calls, usage.output]),
      [[2, 30]],
    )
  })

  it('are read on past what cannot be read, whose run is "at least"', async () => {
    const bad = { metadata: {}, prompt_tokens: -3 }
    const content = `${jsonLines(row(1), row(2, bad))}{"request_id"\n${jsonLines([1], row(3, { ...bad, session_id: 'other' }))}`
    const { runs, wrong, errors } = await read(content)
    assert.deepEqual(
      runs.map(({ key, calls, incomplete }) => [key, calls, incomplete]),
      [['session-1', 1, true]],
    )
    assert.deepEqual(wrong, [
      [2, 'logs.json, line 2: usage logged by LiteLLM: /prompt_tokens: -3 is not a number of tokens'],
      [3, 'logs.json, line 3, column 14: the text ends too early'],
      [4, 'logs.json, line 4: no JSON object'],
      [5, 'logs.json, line 5: usage logged by LiteLLM: /prompt_tokens: -3 is not a number of tokens'],
    ])
    assert.ok(errors.every(({ code }) => code === 'run-malformed'))
    const listed = await read(JSON.stringify([row(1, { metadata: {}, completion_tokens: 2 ** 53 }), {}]))
    assert.deepEqual(listed.wrong, [
      [
        null,
        'logs.json, /0: usage logged by LiteLLM: /completion_tokens: 9007199254740992 is not a number of tokens',
      ],
      [null, 'logs.json, /1: neither request_id nor id'],
    ])
  })

  it('are refused as a list that is cut off', async () => {
    const text = JSON.stringify([row(1), row(2)]).slice(0, -5)
    await assert.rejects(read(text), failsWith('run-malformed', /^logs\.json, \/1.*the text ends too early$/))
  })
})
