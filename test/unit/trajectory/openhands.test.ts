import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_CONDITIONS } from '../../../src/trajectory/conditions.ts'
import { openhands } from '../../../src/trajectory/openhands.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { foundBy, jsonLines, sourceOf } from '../../fixtures/trajectory/csv-map-source.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

const tokens = (n: number, more: object = {}) => ({
  model: 'anthropic/claude-sonnet-4',
  prompt_tokens: 1000 * n,
  completion_tokens: 10 * n,
  cache_read_tokens: 600 * n,
  cache_write_tokens: 100 * n,
  context_window: 200_000,
  response_id: `chatcmpl-${n}`,
  ...more,
})
const latency = (n: number) => ({
  model: 'anthropic/claude-sonnet-4',
  latency: 2.5,
  response_id: `chatcmpl-${n}`,
})
const cost = (n: number) => ({
  model: 'anthropic/claude-sonnet-4',
  cost: 0.01 * n,
  timestamp: 1_760_000_000 + n,
})

/** Two calls: 1000 + 2000 tokens of prompt, of which 600 + 1200 were read and 100 + 200 written. */
const METRICS = {
  accumulated_cost: 0.03,
  max_budget_per_task: null,
  accumulated_token_usage: tokens(3, { model: 'default', response_id: '' }),
  costs: [cost(1), cost(2)],
  response_latencies: [latency(1), latency(2)],
  token_usages: [tokens(1), tokens(2)],
}
const METADATA = {
  agent_class: 'CodeActAgent',
  llm_config: { model: 'claude', api_key: '**********' },
  max_iterations: 100,
  eval_output_dir:
    'outputs/princeton-nlp__SWE-bench_Verified-test/CodeActAgent/claude_maxiter_100_N_v0.44.0-run_1/',
  git_commit: 'abc123',
  dataset: 'princeton-nlp__SWE-bench_Verified-test',
}
const FOLDER = METADATA.eval_output_dir.slice(0, -1)
const line = (more: object = {}) => ({
  instance_id: 'django__django-11099',
  test_result: { git_patch: 'diff' },
  instruction: 'Fix it.',
  metadata: METADATA,
  history: [
    { id: 0, timestamp: '2025-10-09T08:00:00.500000', source: 'user' },
    { id: 1, timestamp: '2025-10-09T08:02:00.000000', source: 'agent' },
  ],
  metrics: METRICS,
  error: null,
  instance: { repo: 'django/django' },
  ...more,
})

const read = (content: string, name = 'out/output.jsonl') => foundBy(openhands, sourceOf(content, name, 31))
const readLines = (...lines: readonly object[]) => read(jsonLines(...lines))
const readMetrics = async (metrics: unknown, more: object = {}) => {
  const { runs, wrong } = await readLines(line({ metrics, ...more }))
  assert.deepEqual(wrong, [])
  const [run] = runs
  assert.ok(run)
  return run
}

describe("a line of OpenHands' output.jsonl", () => {
  it('is a run with its calls', async () => {
    const { runs, lines, wrong } = await readLines(line())
    assert.deepEqual([lines, wrong], [[1], []])
    const [run] = runs
    assert.ok(run)
    const { perCall, ...rest } = run
    assert.deepEqual(rest, {
      key: `${FOLDER}/django__django-11099/1/chatcmpl-1`,
      task: { id: 'django__django-11099', benchmark: 'swe-bench-verified', repository: 'django/django' },
      agent: 'openhands',
      agentVersion: 'abc123',
      model: 'anthropic/claude-sonnet-4',
      run: null,
      // 3000 − 1800 − 300 = 900
      usage: usage({ input: 900, cacheRead: 1800, cacheWrite5m: 300, output: 30 }),
      incomplete: false,
      calls: 2,
      steps: null,
      outcome: null,
      wallSeconds: 119.5,
      startedAt: '2025-10-09T08:00:00.500Z',
      reportedUsd: '0.03',
      conditions: NO_CONDITIONS,
      actions: [],
      quality: 'log',
    })
    assert.deepEqual(perCall[1], {
      id: 'chatcmpl-2',
      at: new Date(1_760_000_002_000).toISOString(),
      model: 'anthropic/claude-sonnet-4',
      usage: usage({ input: 600, cacheRead: 1200, cacheWrite5m: 200, output: 20 }),
      requests: 1,
      incomplete: false,
      quality: 'log',
      reportedUsd: '0.02',
    })
  })

  it('is known by its fields however long it is', () => {
    const long = line({ instruction: 'x'.repeat(100_000) })
    const patched = line({ test_result: { git_patch: 'x'.repeat(100_000) } })
    for (const each of [line(), long]) assert.equal(openhands.detect(sourceOf(jsonLines(each))), 2)
    assert.equal(openhands.detect(sourceOf(jsonLines(patched))), 2)
    assert.equal(openhands.detect(sourceOf(JSON.stringify(METRICS, null, 2))), 2)
    assert.equal(openhands.detect(sourceOf('{"stats": {"usage_to_metrics": {}}}')), 2)
    for (const other of ['', '[1]', '{"instance_id": "a", "model_patch": ""}', '{"metrics": {}}']) {
      assert.equal(openhands.detect(sourceOf(other)), 0)
    }
  })

  it('counts a reply that was timed and has no usage as a call that is missing', async () => {
    const run = await readMetrics({ ...METRICS, response_latencies: [latency(1), latency(2), latency(3)] })
    assert.deepEqual([run.calls, run.usage.output, run.incomplete, run.perCall.length], [3, 30, true, 3])
  })

  it('counts a reply once that sums of sums hold twice, and replies apart that share an id', async () => {
    const twice = await readMetrics({
      ...METRICS,
      accumulated_token_usage: tokens(6),
      costs: [],
      response_latencies: [],
      token_usages: [tokens(1), tokens(2), tokens(1), tokens(2)],
    })
    assert.deepEqual([twice.calls, twice.usage.output, twice.incomplete], [2, 30, false])
    const shared = await readMetrics({
      ...METRICS,
      token_usages: [tokens(1), tokens(2, { response_id: 'chatcmpl-1' })],
    })
    assert.deepEqual([shared.calls, shared.usage.output], [2, 30])
    assert.deepEqual(
      shared.perCall.map(({ id }) => id),
      [null, null],
    )
  })

  it('knows a cost only where it was worked out', async () => {
    const costs = async (metrics: object) => {
      const run = await readMetrics({ ...METRICS, ...metrics })
      return [run.reportedUsd, ...run.perCall.map(({ reportedUsd }) => reportedUsd)]
    }
    // Where the price of a model is not known, the sum stays 0.
    assert.deepEqual(await costs({ accumulated_cost: 0, costs: [] }), [null, null, null])
    assert.deepEqual(await costs({ accumulated_cost: 0, costs: [{ cost: 0 }, { cost: 0 }] }), ['0', '0', '0'])
    // One of two costs is not that of the first call.
    assert.deepEqual(await costs({ accumulated_cost: 0.02, costs: [cost(2)] }), ['0.02', null, null])
  })

  it('takes the sum where single calls were not kept', async () => {
    const run = await readMetrics({ ...METRICS, token_usages: [], costs: [] })
    assert.deepEqual(
      [run.usage, run.calls, run.perCall, run.model],
      [usage({ input: 900, cacheRead: 1800, cacheWrite5m: 300, output: 30 }), 2, [], 'claude'],
    )
  })

  it('knows that something was used where only its cost was kept', async () => {
    const zero = { prompt_tokens: 0, completion_tokens: 0 }
    for (const metrics of [
      { accumulated_cost: 0.5, costs: [0.2, 0.3] },
      { accumulated_cost: 0.5, costs: [0.2, 0.3], accumulated_token_usage: zero, token_usages: [] },
    ]) {
      const run = await readMetrics(metrics)
      assert.deepEqual([run.usage, run.calls, run.incomplete, run.reportedUsd], [unknown(), 2, true, '0.5'])
    }
    const lost = await readMetrics(null, {
      error: 'Instance failed after 3 retries. Last error: x',
      metadata: null,
    })
    assert.deepEqual(
      [lost.usage, lost.calls, lost.incomplete, lost.outcome],
      [unknown(), null, true, 'infra-error'],
    )
  })

  it('is nothing where no model was called, or only grades another', async () => {
    const zero = { prompt_tokens: 0, completion_tokens: 0 }
    const unused = line({
      metrics: { accumulated_cost: 0, accumulated_token_usage: zero, costs: [], token_usages: [] },
    })
    const grade = line({ metrics: null, history: null, test_result: { report: { resolved: true } } })
    const { runs, nothing } = await readLines(unused, grade)
    assert.deepEqual(runs, [])
    assert.deepEqual(nothing, [
      'out/output.jsonl, line 1: no model was called',
      'out/output.jsonl, line 2: only how a run was graded',
    ])
  })

  it('ends as the tests say, else as the error says', async () => {
    const report = (resolved: boolean, more: object = {}) => ({ resolved, error_eval: false, ...more })
    const limit = 'RuntimeError: Agent reached maximum iteration in headless mode. Current iteration: 50'
    const cases: readonly [object, string | null][] = [
      [{ report: report(true) }, 'resolved'],
      [{ test_result: { report: report(false) } }, 'failed'],
      [{ test_result: { resolved: true } }, 'resolved'],
      [{ report: report(false, { error_eval: true }) }, null],
      [{ report: report(true), error: limit }, 'resolved'],
      [{ report: report(false), error: limit }, 'budget-exhausted'],
      [{ error: limit }, 'budget-exhausted'],
      [
        { error: 'RuntimeError: Agent reached maximum budget for conversation.Current budget: 4' },
        'budget-exhausted',
      ],
      [{ error: 'Timeout after 3600 seconds' }, 'timed-out'],
      [{ error: 'Maximum retries (5) reached: x' }, 'infra-error'],
      [{ error: 'AgentRuntimeDisconnectedError: gone' }, 'infra-error'],
      [{ error: 'AgentStuckInLoopError: Agent got stuck in a loop' }, 'failed'],
      [{}, null],
    ]
    const { runs } = await readLines(...cases.map(([more], i) => line({ ...more, instance_id: `a__b-${i}` })))
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      cases.map(([, outcome]) => outcome),
    )
  })

  it('takes what stands once for all lines from the files beside it', async () => {
    const files: Readonly<Record<string, unknown>> = {
      'metadata.json': {
        llm: { model: 'gpt-5' },
        dataset: 'princeton-nlp/SWE-bench_Verified',
        eval_output_dir: 'eval/gpt-5',
        agent_type: 'default',
        openhands_sdk_version: '1.2.0',
      },
      'output.report.json': {
        resolved_ids: ['a__b-1'],
        unresolved_ids: ['a__b-2'],
        empty_patch_ids: ['a__b-3'],
      },
    }
    const ids = [1, 2, 3, 4].map((n) => `a__b-${n}`)
    const content = jsonLines(
      ...ids.map((instance_id) => line({ instance_id, attempt: 2, metadata: undefined })),
    )
    const source = {
      ...sourceOf(content, 'eval/output.jsonl'),
      beside: async (path: string) => (path in files ? Buffer.from(JSON.stringify(files[path])) : null),
    }
    const { runs } = await foundBy(openhands, source)
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      ['resolved', 'failed', 'failed', null],
    )
    const [first] = runs
    assert.deepEqual(
      [first?.key, first?.agentVersion, first?.run, first?.task.benchmark],
      ['eval/gpt-5/a__b-1/2/chatcmpl-1', '1.2.0', 2, 'swe-bench-verified'],
    )
  })

  it('is of another agent behind the protocol, whose prompt is counted without the cache', async () => {
    const session = { response_id: 'session-1', model: 'default' }
    const run = await readMetrics(
      { ...METRICS, accumulated_token_usage: null, token_usages: [tokens(1, session), tokens(2, session)] },
      {
        metadata: {
          ...METADATA,
          agent_type: 'acp-claude',
          acp_agent_name: 'claude-agent-acp',
          acp_agent_version: '0.25.0',
        },
      },
    )
    assert.deepEqual(
      [run.agent, run.agentVersion, run.calls, run.usage, run.perCall.length],
      // Two turns with any number of calls: 1000 + 2000 beside what the cache gave.
      [
        'claude-agent-acp',
        '0.25.0',
        null,
        usage({ input: 3000, cacheRead: 1800, cacheWrite5m: 300, output: 30 }),
        2,
      ],
    )
  })

  it('is read on past lines that cannot be read', async () => {
    const bad = (prompt_tokens: unknown) =>
      line({ metrics: { ...METRICS, token_usages: [tokens(1, { prompt_tokens })] } })
    const content = `${jsonLines(bad(-1), bad(2 ** 53), bad('12'))}{"instance_id": \n${jsonLines(line())}`
    const { lines, wrong, errors } = await read(content)
    assert.deepEqual(lines, [5])
    assert.deepEqual(wrong, [
      [
        1,
        'out/output.jsonl, line 1: OpenHands metrics: /token_usages/0/prompt_tokens: -1 is not a number of tokens',
      ],
      [
        2,
        'out/output.jsonl, line 2: OpenHands metrics: /token_usages/0/prompt_tokens: 9007199254740992 is not a number of tokens',
      ],
      [
        3,
        'out/output.jsonl, line 3: OpenHands metrics: /token_usages/0/prompt_tokens: "12" is not a number of tokens',
      ],
      [4, 'out/output.jsonl, line 4, column 17: the text ends too early'],
    ])
    assert.ok(errors.every(({ code }) => code === 'run-malformed'))
  })

  it('of the resolver is a run on an issue', async () => {
    const { runs } = await readLines({
      issue: { owner: 'octo', repo: 'pages', number: 5, title: 'Add a licence' },
      issue_type: 'issue',
      git_patch: 'diff',
      history: [],
      metrics: { accumulated_cost: 0.070713, costs: [0.015396, 0.055317] },
      success: true,
    })
    const [run] = runs
    assert.deepEqual(
      [run?.task, run?.calls, run?.usage, run?.reportedUsd, run?.outcome],
      // Whether it succeeded is what a model guesses.
      [{ id: 'octo/pages#5', benchmark: null, repository: 'octo/pages' }, 2, unknown(), '0.070713', null],
    )
  })
})

describe("OpenHands' metrics in a file of their own", () => {
  it('are a run', async () => {
    const { runs } = await read(JSON.stringify(METRICS, null, 2), 'metrics.json')
    assert.deepEqual(
      runs.map(({ key, usage, calls, agent }) => [key, usage.input, calls, agent]),
      [['chatcmpl-1', 900, 2, 'openhands']],
    )
  })

  it('are one run with all that a conversation used its models for', async () => {
    const condenser = {
      ...METRICS,
      accumulated_cost: 0.01,
      token_usages: [tokens(5)],
      accumulated_token_usage: tokens(5),
      costs: [cost(1)],
      response_latencies: [latency(5)],
    }
    const state = {
      id: 'c0ffee',
      agent: { kind: 'Agent', llm: { model: 'gpt-5' } },
      stats: {
        usage_to_metrics: {
          agent: METRICS,
          condenser,
          unused: { accumulated_cost: 0, accumulated_token_usage: tokens(0), token_usages: [] },
        },
      },
    }
    const { runs } = await read(JSON.stringify(state), 'base_state.json')
    assert.deepEqual(
      runs.map(({ key, usage, calls, reportedUsd }) => [key, usage.output, calls, reportedUsd]),
      [['c0ffee', 80, 3, '0.04']],
    )
    const empty = { ...state, stats: { usage_to_metrics: {} } }
    assert.deepEqual((await read(JSON.stringify(empty), 'base_state.json')).nothing, [
      'base_state.json: no model was called',
    ])
  })

  it('are a line of an evaluation also when it is written over several', async () => {
    const { runs } = await read(JSON.stringify(line(), null, 2))
    const [inLine] = (await readLines(line())).runs
    assert.deepEqual(runs, [inLine])
  })

  it('are refused as a whole when they cannot be read', async () => {
    await assert.rejects(
      read('{"accumulated_cost": 1, "token_usages": [', 'm.json'),
      failsWith('run-malformed', /^m\.json, .*too early/),
    )
    const bad = JSON.stringify({ ...METRICS, token_usages: [tokens(1, { completion_tokens: 0.5 })] })
    await assert.rejects(
      read(bad, 'm.json'),
      failsWith('run-malformed', /^m\.json: .*completion_tokens: 0\.5 is not/),
    )
  })
})
