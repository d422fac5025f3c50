import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { atif } from '../../../src/trajectory/atif.ts'
import { NO_CONDITIONS } from '../../../src/trajectory/conditions.ts'
import type { Source } from '../../../src/trajectory/format.ts'
import { harbor } from '../../../src/trajectory/harbor.ts'
import { inspect } from '../../../src/trajectory/inspect.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import {
  atifTrajectory,
  harborTrial,
  inspectHeader,
  inspectSample,
} from '../../fixtures/trajectory/bench-documents.ts'
import { foundBy, sourceOf } from '../../fixtures/trajectory/csv-map-source.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

/** A source with one small file near it. */
const beside = (source: Source, path: string, document: unknown): Source => ({
  ...source,
  beside: async (asked) => (asked === path ? Buffer.from(JSON.stringify(document)) : null),
})

describe("Harbor's result.json", () => {
  const read = (document: unknown) =>
    foundBy(harbor, sourceOf(JSON.stringify(document), 'x/result.json', 101))

  it('is one run, its cached tokens taken out of its input', async () => {
    const { runs } = await read(harborTrial())
    assert.deepEqual(runs, [
      {
        key: 'trial-1',
        task: { id: 'sort-words', benchmark: 'words-bench', repository: null },
        agent: 'claude-code',
        agentVersion: '2.1.0',
        model: 'claude-sonnet-4-5',
        run: null,
        // 5000 − 4000 · what was written to the cache is not told, and stays in the input
        usage: runs[0]?.usage,
        incomplete: false,
        calls: null,
        steps: null,
        outcome: 'resolved',
        // Of the agent alone, from 10:10:00.25 to 10:11:30.75.
        wallSeconds: 90.5,
        startedAt: '2026-05-01T10:10:00.250Z',
        reportedUsd: '0.04',
        conditions: NO_CONDITIONS,
        actions: [],
        quality: 'log',
        perCall: [],
      },
    ])
    assert.deepEqual(
      [runs[0]?.usage.input, runs[0]?.usage.cacheRead, runs[0]?.usage.output],
      [1000, 4000, 300],
    )
  })

  it('that counts nothing is unknown, and not 0', async () => {
    const agent_result = { n_input_tokens: null, n_cache_tokens: null, n_output_tokens: null, cost_usd: null }
    for (const given of [agent_result, null, undefined]) {
      const { runs } = await read(harborTrial({ agent_result: given }))
      assert.deepEqual([runs[0]?.usage, runs[0]?.incomplete, runs[0]?.reportedUsd], [unknown(), true, null])
    }
  })

  it('tells how the trial ended', async () => {
    const outcome = async (verifier_result: unknown, exception_type?: string) => {
      const exception_info = exception_type === undefined ? null : { exception_type }
      return (await read(harborTrial({ verifier_result, exception_info }))).runs[0]?.outcome
    }
    const rewards = (reward: number) => ({ rewards: { reward } })
    assert.equal(await outcome(rewards(1)), 'resolved')
    assert.equal(await outcome({ reward: 1 }), 'resolved')
    assert.equal(await outcome(rewards(0.5)), 'failed')
    assert.equal(await outcome({ rewards: { tests: 1, style: 0 } }), 'failed')
    assert.equal(await outcome(rewards(1), 'AgentTimeoutError'), 'resolved')
    assert.equal(await outcome(rewards(0), 'AgentTimeoutError'), 'timed-out')
    assert.equal(await outcome(rewards(0), 'NonZeroAgentExitCodeError'), 'failed')
    assert.equal(await outcome(null, 'EnvironmentStartTimeoutError'), 'infra-error')
    assert.equal(await outcome(null), null)
  })

  it('of a whole job holds no run, as each trial has one', async () => {
    const job = { id: 'job-1', n_total_trials: 4, stats: {} }
    assert.equal(harbor.detect(sourceOf(JSON.stringify(job))), 2)
    assert.equal((await read(job)).nothing.length, 1)
  })

  it('with a clock that ran backwards has no time', async () => {
    const agent_execution = { started_at: '2026-05-01T10:10:00', finished_at: '2026-05-01T10:09:59' }
    assert.equal((await read(harborTrial({ agent_execution }))).runs[0]?.wallSeconds, null)
  })

  it('with a count that cannot be is refused by name', async () => {
    const document = harborTrial({ agent_result: { n_input_tokens: -3 } })
    await assert.rejects(
      read(document),
      failsWith('run-malformed', /^x\/result\.json: .*n_input_tokens: -3 is not/),
    )
  })
})

describe('an ATIF trajectory', () => {
  const read = (
    document: unknown,
    source = sourceOf(JSON.stringify(document), 'agent/trajectory.json', 101),
  ) => foundBy(atif, source)

  it('is the sum of its steps and of the sub-agents in it', async () => {
    const { runs } = await read(atifTrajectory())
    const [run] = runs
    // Fresh (1000 − 200) + (1500 − 1000) + 400, read 200 + 1000 + 0, out 30 + 40 + 5.
    assert.deepEqual([run?.usage.input, run?.usage.cacheRead, run?.usage.output], [1700, 1200, 75])
    assert.deepEqual(
      run?.perCall.map(({ id, at, model, reportedUsd }) => [id, at, model, reportedUsd]),
      [
        ['main#2', '2026-05-01T10:00:05.000Z', 'gpt-5', '0.01'],
        ['main#3', '2026-05-01T10:00:20.000Z', 'gpt-5', '0.01'],
        ['sub#1', null, 'gpt-5-mini', '0.01'],
      ],
    )
    assert.deepEqual(
      [run?.key, run?.agent, run?.agentVersion, run?.model, run?.calls, run?.steps, run?.wallSeconds],
      ['session-1', 'terminus-2', '2.0', 'gpt-5', 3, 2, 20],
    )
  })

  it('is the run of the trial that it lies in', async () => {
    const source = () => sourceOf(JSON.stringify(atifTrajectory()), 'agent/trajectory.json')
    const of = async (document: unknown) =>
      (await read(null, beside(source(), '../result.json', document))).runs[0]
    const run = await of(harborTrial())
    assert.deepEqual([run?.key, run?.task.id, run?.task.benchmark], ['trial-1', 'sort-words', 'words-bench'])
    assert.equal((await of({ id: 'job-1', n_total_trials: 4 }))?.key, 'session-1')
    assert.equal(atif.identity, harbor.name)
  })

  it('takes the sums at its end where they tell of more than the steps', async () => {
    const final_metrics = {
      total_prompt_tokens: 9000,
      total_completion_tokens: 700,
      total_cached_tokens: 5000,
    }
    const { runs } = await read(atifTrajectory({ final_metrics }))
    const [run] = runs
    assert.deepEqual(
      [run?.usage.input, run?.usage.cacheRead, run?.usage.output, run?.incomplete],
      [4000, 5000, 700, false],
    )
    assert.deepEqual(
      run?.perCall.map(({ incomplete }) => incomplete),
      [false, false, false, true],
    )
    const bare = await read(atifTrajectory({ final_metrics, steps: [], subagent_trajectories: null }))
    assert.deepEqual([bare.runs[0]?.usage.output, bare.runs[0]?.perCall], [700, []])
  })

  it('without any counts is unknown, and not 0', async () => {
    const document = atifTrajectory({
      steps: [{ step_id: 1, source: 'agent', message: 'ls' }],
      final_metrics: null,
      subagent_trajectories: undefined,
    })
    const { runs } = await read(document)
    assert.deepEqual([runs[0]?.usage, runs[0]?.incomplete, runs[0]?.calls], [unknown(), true, null])
  })

  it('with a count that cannot be is refused by its place', async () => {
    const steps = [{ step_id: 1, source: 'agent', metrics: { prompt_tokens: 1, completion_tokens: 0.5 } }]
    await assert.rejects(
      read(atifTrajectory({ steps })),
      failsWith(
        'run-malformed',
        /^agent\/trajectory\.json: .*\/steps\/0\/metrics\/completion_tokens: 0\.5 is not/,
      ),
    )
  })
})

describe('a log of Inspect', () => {
  const log = (samples: readonly unknown[], header: object = inspectHeader()) => ({
    ...header,
    samples,
    reductions: [],
  })
  const read = (document: unknown, size = 101) =>
    foundBy(inspect, sourceOf(JSON.stringify(document), 'log.json', size))

  it('is one run of each sample, with the calls that were billed', async () => {
    const { runs } = await read(log([inspectSample()]))
    assert.deepEqual(
      { ...runs[0], usage: null, perCall: null },
      {
        key: 'sample-uuid-1',
        task: { id: 'octo__app-7', benchmark: 'swe_bench', repository: 'octo/app' },
        agent: 'basic_agent',
        agentVersion: null,
        model: 'openai/gpt-5',
        run: 2,
        usage: null,
        incomplete: false,
        calls: 2,
        steps: null,
        outcome: 'resolved',
        wallSeconds: 9.25,
        startedAt: '2026-05-01T10:00:00.000Z',
        reportedUsd: null,
        conditions: NO_CONDITIONS,
        actions: [],
        quality: 'log',
        perCall: null,
      },
    )
    // 200 + 100 · 0 + 1000 · 20 + 40
    assert.deepEqual(runs[0]?.usage, usage({ input: 300, cacheRead: 1000, output: 60, reasoning: 0 }))
    assert.deepEqual(
      runs[0]?.perCall.map(({ id, at, usage }) => [id, at, usage.output]),
      [
        ['chatcmpl-1', '2026-05-01T10:00:01.000Z', 20],
        [null, '2026-05-01T10:00:03.000Z', 40],
      ],
    )
  })

  it('is read alike as the document of an archive, and however it is cut', async () => {
    const whole = await read(log([inspectSample()]))
    const archive = { header: inspectHeader(), samples: [inspectSample()] }
    for (const size of [13, 1e6]) assert.deepEqual(await read(archive, size), whole)
    assert.equal(inspect.detect(sourceOf(JSON.stringify(archive))), 2)
  })

  it('takes the sums of a sample where its events were not kept', async () => {
    const { runs } = await read(log([inspectSample({ events: [], total_time: null })]))
    assert.deepEqual(
      [runs[0]?.usage.output, runs[0]?.calls, runs[0]?.perCall, runs[0]?.wallSeconds],
      [60, null, [], null],
    )
    const two = {
      a: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
      b: { input_tokens: 4, output_tokens: 5, total_tokens: 9 },
    }
    const both = (await read(log([inspectSample({ events: [], model_usage: two })]))).runs[0]
    assert.deepEqual(
      [both?.model, both?.usage.input, both?.perCall.map(({ model }) => model)],
      ['b', 5, ['a', 'b']],
    )
  })

  it('takes the events where the sums are missing, as in old logs', async () => {
    const { events, ...rest } = inspectSample()
    const { runs } = await read(
      log([{ ...rest, model_usage: undefined, uuid: undefined, transcript: { events } }]),
    )
    assert.deepEqual([runs[0]?.usage.input, runs[0]?.key], [300, 'eval-1:swe_bench:octo__app-7:2'])
    const none = await read(log([inspectSample({ events: [], model_usage: {} })]))
    assert.deepEqual([none.runs[0]?.usage, none.runs[0]?.incomplete], [unknown(), true])
  })

  it('keeps a call that was cut off, and none that failed', async () => {
    const model = { event: 'model', timestamp: '2026-05-01T10:00:00Z', model: 'm' }
    const events = [
      { ...model, output: { usage: null }, pending: true },
      { ...model, output: {}, error: 'rate limit' },
    ]
    const { runs } = await read(log([inspectSample({ events, model_usage: {} })]))
    assert.deepEqual([runs[0]?.calls, runs[0]?.incomplete], [1, true])
  })

  it('tells how a sample ended', async () => {
    const outcome = async (more: object) => (await read(log([inspectSample(more)]))).runs[0]?.outcome
    const scored = (...values: readonly unknown[]) => ({
      scores: Object.fromEntries(values.map((value, i) => [`s${i}`, { value }])),
    })
    assert.equal(await outcome(scored('C')), 'resolved')
    assert.equal(await outcome(scored('I')), 'failed')
    assert.equal(await outcome(scored('C', 0)), 'failed')
    assert.equal(await outcome(scored(0.5)), null)
    assert.equal(await outcome({ scores: null }), null)
    assert.equal(await outcome({ ...scored('C'), limit: { type: 'token' } }), 'resolved')
    assert.equal(await outcome({ ...scored('I'), limit: { type: 'token' } }), 'budget-exhausted')
    assert.equal(await outcome({ scores: null, limit: { type: 'time' } }), 'timed-out')
    assert.equal(await outcome({ scores: null, error: { message: 'docker' } }), 'infra-error')
  })

  it('without a finished sample holds no run', async () => {
    assert.equal((await read(log([]))).nothing.length, 1)
  })

  it('with a count that cannot be is refused by its place', async () => {
    const model_usage = { m: { input_tokens: -2 } }
    await assert.rejects(
      read(log([inspectSample(), inspectSample({ model_usage })])),
      failsWith('run-malformed', /^log\.json, \/samples\/1: .*\/m\/input_tokens: -2 is not/),
    )
  })
})
