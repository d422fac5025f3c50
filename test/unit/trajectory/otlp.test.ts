import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_CONDITIONS } from '../../../src/trajectory/conditions.ts'
import { otlp } from '../../../src/trajectory/otlp.ts'
import { MAX_TEXT_BYTES, shortTexts } from '../../../src/trajectory/otlp-short-texts.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { foundBy, jsonLines, sourceOf } from '../../fixtures/trajectory/csv-map-source.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

const START = Date.parse('2026-01-31T12:00:00Z')
const nanos = (second: number): string => `${START + 1000 * second}000000`

/** Numbers as the protocol writes them: whole ones as texts. */
const attributes = (values: Readonly<Record<string, unknown>>) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : Number.isInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value },
  }))

interface Made {
  readonly parent?: string
  readonly trace?: string
  readonly at?: readonly [number, number]
  readonly code?: unknown
}
const span = (
  spanId: string,
  values: object,
  { parent = '', trace = 't1', at = [0, 1], code }: Made = {},
) => ({
  traceId: trace,
  spanId,
  parentSpanId: parent,
  name: 'a span',
  startTimeUnixNano: nanos(at[0]),
  endTimeUnixNano: nanos(at[1]),
  attributes: attributes({ ...values }),
  status: code === undefined ? {} : { code },
})
const chat = (id: string, n: number, made: Made & { readonly more?: object } = {}) =>
  span(
    id,
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'claude-sonnet-4',
      'gen_ai.response.id': `msg-${id}`,
      'gen_ai.usage.input_tokens': 1000 * n,
      'gen_ai.usage.cache_read.input_tokens': 600 * n,
      'gen_ai.usage.cache_creation.input_tokens': 100 * n,
      'gen_ai.usage.output_tokens': 10 * n,
      ...made.more,
    },
    made,
  )
const agent = (id: string, values: object = {}, made: Made = {}) =>
  span(id, { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'coder', ...values }, made)

const batch = (spans: readonly object[], resource: object = { 'service.name': 'my-service' }) => ({
  resourceSpans: [
    { resource: { attributes: attributes({ ...resource }) }, scopeSpans: [{ scope: {}, spans }] },
  ],
})
const read = (content: string, name = 'traces.jsonl', size = 61) =>
  foundBy(otlp, sourceOf(content, name, size))
const readSpans = (...spans: readonly object[]) => read(jsonLines(batch(spans)))
/** The figures of runs that a test is about. */
const figures = async (...spans: readonly object[]) => {
  const { runs, wrong } = await readSpans(...spans)
  assert.deepEqual(wrong, [])
  return runs.map(({ key, calls, usage, incomplete }) => [key, calls, usage.output, incomplete])
}

describe('the spans of an agent', () => {
  const spans = [
    // As they are exported: those that end first come first.
    chat('c1', 1, { parent: 'a1', at: [1, 3] }),
    span('h1', { 'http.request.method': 'POST' }, { parent: 'c1', at: [1, 3] }),
    span(
      'x1',
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'bash' },
      { parent: 'a1', at: [3, 5] },
    ),
    chat('c2', 2, { parent: 'a1', at: [5, 7] }),
    agent(
      'a1',
      {
        'gen_ai.agent.version': '1.2',
        'gen_ai.request.model': 'claude-sonnet-4',
        'gen_ai.usage.input_tokens': 3000,
        'gen_ai.usage.output_tokens': 30,
      },
      { at: [0, 7.5] },
    ),
  ]

  it('are a run, whose agent repeats the sums of its calls and is counted once', async () => {
    const { runs, lines, wrong } = await readSpans(...spans)
    assert.deepEqual([lines, wrong], [[1], []])
    const [run] = runs
    assert.ok(run)
    const { perCall, ...rest } = run
    assert.deepEqual(rest, {
      key: 't1',
      task: { id: null, benchmark: null, repository: null },
      agent: 'coder',
      agentVersion: '1.2',
      model: 'claude-sonnet-4',
      run: null,
      // 3000 in all, of which 1800 were read from the cache and 300 written to it: 900
      usage: usage({ input: 900, cacheRead: 1800, cacheWrite5m: 300, cacheWrite1h: null, output: 30 }),
      incomplete: false,
      calls: 2,
      steps: null,
      outcome: null,
      wallSeconds: 7.5,
      startedAt: '2026-01-31T12:00:00.000Z',
      reportedUsd: null,
      conditions: NO_CONDITIONS,
      actions: [],
      quality: 'log',
    })
    assert.deepEqual(perCall[0], {
      id: 'msg-c1',
      at: '2026-01-31T12:00:01.000Z',
      model: 'claude-sonnet-4',
      usage: usage({ input: 300, cacheRead: 600, cacheWrite5m: 100, cacheWrite1h: null, output: 10 }),
      requests: 1,
      incomplete: false,
      quality: 'log',
      reportedUsd: null,
    })
  })

  it('are the same in one document, in lines, and in any order of sending', async () => {
    const [wanted] = (await readSpans(...spans)).runs
    const texts = [
      JSON.stringify(batch(spans), null, 2),
      JSON.stringify(batch(spans)),
      jsonLines(...spans.map((each) => batch([each]))),
      jsonLines(...spans.toReversed().map((each) => batch([each])), batch([])),
      // What was sent again is no other span.
      jsonLines(batch(spans), batch(spans.slice(0, 2))),
    ]
    for (const text of texts) {
      assert.equal(otlp.detect(sourceOf(text)), 2)
      for (const size of [1, 4096]) {
        const { runs, wrong } = await read(text, 'traces.json', size)
        assert.deepEqual([runs, wrong], [[wanted], []])
      }
    }
  })

  it('are known by their name in the protocol', () => {
    for (const other of ['', '[]', '{"resourceMetrics": []}', '{"resourceSpans": 1}']) {
      assert.equal(otlp.detect(sourceOf(other)), 0)
    }
    const long = jsonLines(batch([chat('c', 1, { more: { 'gen_ai.input.messages': 'x'.repeat(200_000) } })]))
    assert.equal(otlp.detect(sourceOf(long)), 2)
  })
})

describe('a span that is around others', () => {
  it('is not counted beside them, whatever wrote it', async () => {
    // An instrumentation of the framework around one of the client.
    assert.deepEqual(await figures(chat('outer', 1), chat('inner', 1, { parent: 'outer' })), [
      ['t1', 1, 10, false],
    ])
    const workflow = span('w', {
      'traceloop.span.kind': 'workflow',
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.input_tokens': 1000,
    })
    assert.deepEqual(await figures(workflow, chat('c', 1, { parent: 'w' })), [['t1', 1, 10, false]])
  })

  it('is counted where nothing below it tells of a call', async () => {
    const alone = agent('a', { 'gen_ai.usage.input_tokens': 500, 'gen_ai.usage.output_tokens': 5 })
    const { runs } = await readSpans(
      alone,
      span('x', { 'gen_ai.operation.name': 'execute_tool' }, { parent: 'a' }),
    )
    assert.deepEqual(
      runs.map(({ calls, usage, incomplete }) => [calls, usage, incomplete]),
      // It may stand for any number of calls.
      [[null, unknown({ input: 500, output: 5 }), false]],
    )
  })

  it('shows by a larger sum that calls are missing', async () => {
    const more = agent('a', { 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 11 })
    assert.deepEqual(await figures(chat('c', 1, { parent: 'a' }), more), [['t1', 1, 10, true]])
  })

  it('does not have to be there, nor to be without a circle', async () => {
    const circle = [
      chat('c1', 1, { parent: 'c2' }),
      chat('c2', 2, { parent: 'c1' }),
      chat('c3', 3, { parent: 'gone' }),
    ]
    assert.deepEqual(await figures(...circle), [['t1', 3, 60, false]])
  })
})

describe('a call', () => {
  it('is known by any of the names that its counts have had', async () => {
    const { runs } = await readSpans(
      span('a', {
        'gen_ai.operation.name': 'text_completion',
        'gen_ai.usage.prompt_tokens': 7,
        'gen_ai.usage.completion_tokens': 3,
      }),
      span('b', {
        'llm.model_name': 'gpt-5',
        'openinference.span.kind': 'LLM',
        'llm.token_count.prompt': 70,
        'llm.token_count.completion': 30,
      }),
      span('c', { 'gen_ai.operation.name': 'embeddings', 'gen_ai.usage.input_tokens': 700 }),
      span('d', { 'gen_ai.operation.name': 'generate_content', 'gen_ai.request.model': 'gemini' }),
    )
    const [run] = runs
    assert.deepEqual(
      [run?.calls, run?.usage.input, run?.usage.output, run?.incomplete],
      // The last one tells of a call and of no counts: what is known is the least.
      [4, 777, 33, true],
    )
    assert.deepEqual(
      run?.perCall.map(({ id }) => id),
      ['t1:a', 't1:b', 't1:c', 't1:d'],
    )
  })

  it('is counted once when two spans beside each other tell of the same reply', async () => {
    const twice = { more: { 'gen_ai.response.id': 'msg-same' } }
    assert.deepEqual(await figures(chat('c1', 1, twice), chat('c2', 1, twice)), [['t1', 1, 10, false]])
  })

  it('tells its cost under the names of instrumentations', async () => {
    const { runs } = await readSpans(
      chat('c1', 1, { more: { 'gen_ai.usage.cost': 0.25 } }),
      chat('c2', 1, { more: { 'llm.cost.total': 0.5 } }),
    )
    assert.deepEqual(
      runs.map(({ reportedUsd }) => reportedUsd),
      ['0.75'],
    )
  })
})

describe('a conversation', () => {
  it('is one run over all its traces, without the time between them', async () => {
    const conversation = { 'gen_ai.conversation.id': 'conv-1' }
    const { runs } = await readSpans(
      chat('c1', 1, { trace: 't1', parent: 'a1', at: [1, 2] }),
      agent('a1', conversation, { trace: 't1', at: [0, 10] }),
      chat('c2', 2, { trace: 't2', parent: 'a2', at: [101, 102] }),
      agent('a2', conversation, { trace: 't2', at: [100, 104], code: 2 }),
      chat('c3', 4, { trace: 't3', at: [50, 51] }),
    )
    assert.deepEqual(
      runs.map(({ key, calls, wallSeconds, outcome, startedAt }) => [
        key,
        calls,
        wallSeconds,
        outcome,
        startedAt,
      ]),
      [
        ['conv-1', 2, 14, 'failed', '2026-01-31T12:00:00.000Z'],
        ['t3', 1, 1, null, '2026-01-31T12:00:50.000Z'],
      ],
    )
  })

  it('is that of the outermost span which names one, or the only one of the trace', async () => {
    const named = (id: string) => ({ more: { 'session.id': id } })
    assert.deepEqual(
      await figures(
        agent('root'),
        agent('a', { 'session.id': 'mine' }, { parent: 'root' }),
        // A sub-agent has a thread of its own, and works for the same run.
        chat('c1', 1, { parent: 'a', ...named('thread-of-sub-agent') }),
        chat('c2', 2, { parent: 'root', ...named('other') }),
        chat('c3', 4, { parent: 'root' }),
      ),
      [
        ['t1', 1, 40, false],
        ['mine', 1, 10, false],
        ['other', 1, 20, false],
      ],
    )
    assert.deepEqual(await figures(chat('c1', 1, named('only')), chat('c2', 2)), [['only', 2, 30, false]])
  })

  it('may be named by the resource, as the agent may by its service', async () => {
    const resource = { 'session.id': 's-1', 'service.name': 'my-agent', 'service.version': '3' }
    const { runs } = await read(jsonLines(batch([chat('c', 1)], resource)))
    assert.deepEqual(
      runs.map(({ key, agent, agentVersion }) => [key, agent, agentVersion]),
      [['s-1', 'my-agent', '3']],
    )
    const unnamed = await read(jsonLines(batch([chat('c', 1)], { 'service.name': 'unknown_service:python' })))
    assert.deepEqual(
      unnamed.runs.map(({ agent }) => agent),
      [null],
    )
  })
})

describe('the end of a run', () => {
  const outcome = async (code: unknown, error: object = {}, childCode?: unknown) => {
    const child = childCode === undefined ? {} : { code: childCode }
    const { runs } = await readSpans(chat('c', 1, { parent: 'a', ...child }), agent('a', error, { code }))
    return runs[0]?.outcome
  }

  it('is told by an error of the outermost span, and by nothing else', async () => {
    assert.equal(await outcome(undefined), null)
    assert.equal(await outcome(1), null)
    assert.equal(await outcome(2), 'failed')
    assert.equal(await outcome('STATUS_CODE_ERROR'), 'failed')
    assert.equal(await outcome(2, { 'error.type': 'timeout' }), 'timed-out')
    assert.equal(await outcome(2, { 'error.type': 'TimeoutError' }), 'timed-out')
    // A call that failed was tried again.
    assert.equal(await outcome(1, {}, 2), null)
  })

  it('is not known without its times', async () => {
    const timeless = { ...chat('c', 1), startTimeUnixNano: '0', endTimeUnixNano: undefined }
    const { runs } = await readSpans(timeless)
    assert.deepEqual(
      runs.map(({ wallSeconds, startedAt, calls }) => [wallSeconds, startedAt, calls]),
      [[null, null, 1]],
    )
  })
})

describe('what cannot be read', () => {
  it('is told with its place, and missing in its run', async () => {
    const bad = (id: string, tokens: unknown) =>
      chat(id, 1, { parent: 'a', more: { 'gen_ai.usage.input_tokens': tokens } })
    const content = [
      jsonLines(
        batch([
          agent('a'),
          chat('c1', 1, { parent: 'a' }),
          bad('c2', -5),
          bad('c3', 2 ** 53),
          bad('c4', 1.5),
        ]),
      ),
      '{"resourceSpans":\n7\n',
      jsonLines(batch([{ traceId: 't9' }]), {
        resourceSpans: [{ resource: { attributes: 5 }, scopeSpans: [] }],
      }),
    ].join('')
    const { runs, wrong, errors } = await read(content)
    assert.deepEqual(
      runs.map(({ calls, incomplete }) => [calls, incomplete]),
      [[1, true]],
    )
    assert.deepEqual(
      wrong.map(([line, detail]) => [line, detail.replace(/: Invalid input.*/, ': …')]),
      [
        [
          1,
          'traces.jsonl, line 1, span c2: the span attribute gen_ai.usage.input_tokens: the whole document: "-5" is not a number of tokens',
        ],
        [
          1,
          'traces.jsonl, line 1, span c3: the span attribute gen_ai.usage.input_tokens: the whole document: 9007199254740992 is not a number of tokens',
        ],
        [
          1,
          'traces.jsonl, line 1, span c4: the span attribute gen_ai.usage.input_tokens: the whole document: 1.5 is not a number of tokens',
        ],
        [2, 'traces.jsonl, line 2, column 18: the text ends too early'],
        [3, 'traces.jsonl, line 3: no JSON object'],
        [4, 'traces.jsonl, line 4: a span without its ids'],
        [5, 'traces.jsonl, line 5: the attributes of a span: the whole document: …'],
      ],
    )
    assert.ok(errors.every(({ code }) => code === 'run-malformed'))
  })

  it('is a document that is cut off', async () => {
    const cut = JSON.stringify(batch([chat('c', 1)]), null, 1).slice(0, -4)
    await assert.rejects(read(cut), failsWith('run-malformed', /^traces\.jsonl, \/resourceSpans.*too early$/))
  })

  it('is nothing where no span tells of a call', async () => {
    const { runs, nothing } = await readSpans(span('h', { 'http.request.method': 'GET' }), agent('a'))
    assert.deepEqual([runs, nothing], [[], ['traces.jsonl: no call of a model in 2 spans']])
  })
})

describe('long texts', () => {
  const shortened = async (text: string, size: number) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of shortTexts(sourceOf(text, '', size).bytes)) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }

  it('are cut within no character and no escape, and all else stays', async () => {
    for (const filler of ['x', 'é', '😀', '\n', '\u0001', '"', '\\']) {
      for (const odd of ['', 'a', 'abc']) {
        const value = { [`${odd}key`]: odd + filler.repeat(1100), n: [1, 'short', { '\\"': filler }] }
        for (const text of [JSON.stringify(value), JSON.stringify(value).replaceAll('é', '\\u00e9')]) {
          for (const size of [3, 4096]) {
            const short = JSON.parse(await shortened(text, size))
            assert.deepEqual(short.n, value.n)
            const [[key, kept]] = Object.entries(short) as unknown as [[string, string]]
            assert.equal(key, `${odd}key`)
            assert.ok((odd + filler.repeat(1100)).startsWith(kept))
            assert.ok(Buffer.byteLength(JSON.stringify(kept)) <= MAX_TEXT_BYTES + 16)
            assert.ok(kept.length >= MAX_TEXT_BYTES / 6)
          }
        }
      }
    }
  })

  it('of prompts are no hindrance to reading the counts', async () => {
    const prompt = { 'gen_ai.input.messages': `"${'\\ü'.repeat(800_000)}` }
    for (const text of [
      jsonLines(batch([chat('c', 1, { more: prompt })])),
      JSON.stringify(batch([chat('c', 1, { more: prompt })]), null, 1),
    ]) {
      const { runs, wrong } = await read(text, 'traces.json', 65_536)
      assert.deepEqual([wrong, runs.map(({ usage }) => usage.output)], [[], [10]])
    }
  })
})
