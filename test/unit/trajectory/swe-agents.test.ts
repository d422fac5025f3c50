import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_CONDITIONS } from '../../../src/trajectory/conditions.ts'
import { miniSweAgent } from '../../../src/trajectory/mini-swe-agent.ts'
import { sweAgent } from '../../../src/trajectory/swe-agent.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { completion, miniTrajectory, sweAgentTrajectory } from '../../fixtures/trajectory/bench-documents.ts'
import { foundBy, sourceOf } from '../../fixtures/trajectory/csv-map-source.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

const json = (value: unknown) => JSON.stringify(value, null, 2)

describe("SWE-agent's .traj", () => {
  const read = (document: unknown, name = 'octo__app-7.traj') =>
    foundBy(sweAgent, sourceOf(json(document), name, 101))

  it('is one run, counted by a local tokenizer', async () => {
    const { runs } = await read(sweAgentTrajectory())
    assert.deepEqual(runs, [
      {
        key: 'octo__app-7:0.25:9.5:20000:600:4',
        task: { id: 'octo__app-7', benchmark: null, repository: 'octo/app' },
        agent: 'swe-agent',
        agentVersion: null,
        model: null,
        run: null,
        usage: unknown({ input: 20_000, output: 600 }),
        incomplete: false,
        calls: 4,
        steps: 3,
        outcome: null,
        wallSeconds: null,
        startedAt: null,
        reportedUsd: '0.25',
        conditions: NO_CONDITIONS,
        actions: [
          { id: null, call: null, tool: 'ls', kind: 'search', target: null, returnedChars: 5 },
          { id: null, call: null, tool: 'edit', kind: 'edit', target: null, returnedChars: 5 },
          { id: null, call: null, tool: 'submit', kind: 'other', target: null, returnedChars: 5 },
        ],
        quality: 'estimate',
        perCall: [],
      },
    ])
  })

  it('of 0.x has its task and its model in its path', async () => {
    const named = async (path: string) => {
      const { runs } = await read(sweAgentTrajectory(), path)
      return [runs[0]?.task.id, runs[0]?.task.repository, runs[0]?.model]
    }
    const folder = 'gpt-4-0125-preview__SWE-bench_Lite__default__t-0.00__p-0.95__c-2.00__install-1'
    assert.deepEqual(await named(`runs/${folder}/astropy__astropy-12907.traj`), [
      'astropy__astropy-12907',
      'astropy/astropy',
      'gpt-4-0125-preview',
    ])
    const one = 'default__openai--qwen3-32b__t-0.00__p-1.00__c-1.00___swe_bench_verified_test'
    assert.deepEqual(await named(`x.zip!${one}/octo__app-7/octo__app-7.traj`), [
      'octo__app-7',
      'octo/app',
      'openai/qwen3-32b',
    ])
    assert.deepEqual(await named('cost_2_1__octo__my-app-7.traj.gz'), ['octo__my-app-7', 'octo/my-app', null])
    assert.deepEqual(await named('swe-agent__test-repo-i1.traj'), ['swe-agent__test-repo-i1', null, null])
  })

  it('of 1.x tells its model, its task and its version itself', async () => {
    const replay_config = JSON.stringify({
      agent: { model: { name: 'gpt-4o' } },
      problem_statement: { id: 'a__b-1' },
    })
    const { runs } = await read(
      sweAgentTrajectory({ swe_agent_version: '1.1.0' }, { replay_config }),
      'x.traj',
    )
    assert.deepEqual([runs[0]?.model, runs[0]?.task.id, runs[0]?.agentVersion], ['gpt-4o', 'a__b-1', '1.1.0'])
    const broken = await read(sweAgentTrajectory({}, { replay_config: '{"agent":' }), 'x.traj')
    assert.deepEqual([broken.runs[0]?.model, broken.runs[0]?.task.id], [null, 'x'])
  })

  it('tells how it ended where that is not a submission', async () => {
    const outcome = async (exit_status: unknown) =>
      (await read(sweAgentTrajectory({ exit_status }))).runs[0]?.outcome
    assert.equal(await outcome('submitted'), null)
    assert.equal(await outcome(null), null)
    assert.equal(await outcome('submitted (exit_cost)'), 'budget-exhausted')
    assert.equal(await outcome('exit_cost'), 'budget-exhausted')
    assert.equal(await outcome('exit_total_execution_time'), 'timed-out')
    assert.equal(await outcome('exit_environment_error'), 'infra-error')
    assert.equal(await outcome('exit_context'), 'failed')
    assert.equal(await outcome('early_exit'), 'failed')
  })

  it('of one that counted nothing is unknown, and of one that called nothing no run', async () => {
    const lost = await read(sweAgentTrajectory({ model_stats: { instance_cost: 0.1, api_calls: 3 } }))
    assert.deepEqual(
      [lost.runs[0]?.usage, lost.runs[0]?.incomplete, lost.runs[0]?.calls],
      [unknown(), true, 3],
    )
    const none = await read(sweAgentTrajectory({ model_stats: undefined }))
    assert.deepEqual([none.runs[0]?.usage.input, none.runs[0]?.calls], [null, null])
    const idle = await read(
      sweAgentTrajectory({ model_stats: { tokens_sent: 0, tokens_received: 0, api_calls: 0 } }),
    )
    assert.deepEqual(idle.nothing, ['it made no call'])
  })

  it('with counts that cannot be is refused by name', async () => {
    for (const tokens_sent of [-1, 1.5, 2 ** 53, '12']) {
      const document = sweAgentTrajectory({ model_stats: { tokens_sent, tokens_received: 1, api_calls: 1 } })
      await assert.rejects(
        read(document),
        failsWith('run-malformed', /^octo__app-7\.traj: .*tokens_sent: .* is not/),
      )
    }
    const text = json(sweAgentTrajectory()).replace('20000', 'NaN')
    await assert.rejects(
      foundBy(sweAgent, sourceOf(text, 'x.traj', 1e6)),
      failsWith('run-malformed', /x\.traj, line \d+, column \d+: unexpected "N"/),
    )
  })
})

describe("mini-swe-agent's .traj.json", () => {
  const read = (document: unknown, name = 'x.traj.json') =>
    foundBy(miniSweAgent, sourceOf(json(document), name, 101))

  it('is the sum of its replies, those included that the agent could not use', async () => {
    const { runs } = await read(miniTrajectory())
    const [run] = runs
    // Fresh (1000 − 0) + (1100 − 900), read 0 + 900, out 50 + 70, reasoning 1 + 1.
    assert.deepEqual(run?.usage, usage({ input: 1200, cacheRead: 900, output: 120, reasoning: 2 }))
    assert.deepEqual(
      { ...run, usage: null, perCall: null },
      {
        key: 'octo__app-7:r-1',
        task: { id: 'octo__app-7', benchmark: null, repository: 'octo/app' },
        agent: 'mini-swe-agent',
        agentVersion: '2.2.4',
        model: 'gpt-5-mini',
        run: null,
        usage: null,
        incomplete: false,
        calls: 2,
        steps: 1,
        outcome: null,
        // From 1777629600, when the first reply was made, to 1777629630.
        wallSeconds: 30,
        startedAt: '2026-05-01T10:00:00.000Z',
        reportedUsd: '0.012',
        conditions: NO_CONDITIONS,
        actions: [],
        quality: 'log',
        perCall: null,
      },
    )
    assert.deepEqual(
      run?.perCall.map(({ id, at, reportedUsd, usage }) => [id, at, reportedUsd, usage.cacheRead]),
      [
        ['r-1', '2026-05-01T10:00:00.000Z', '0.002', 0],
        ['r-2', '2026-05-01T10:00:10.000Z', '0.01', 900],
      ],
    )
  })

  it('says that calls are missing where it counts more than it kept', async () => {
    const { runs } = await read(miniTrajectory({ model_stats: { instance_cost: 0.02, api_calls: 5 } }))
    const [run] = runs
    assert.deepEqual([run?.incomplete, run?.calls, run?.usage.output], [true, 5, 120])
    assert.deepEqual(
      run?.perCall.map(({ requests, incomplete }) => [requests, incomplete]),
      [
        [1, false],
        [1, false],
        [3, true],
      ],
    )
  })

  it('of 1.x takes what the router says that a reply cost', async () => {
    const reply = completion('gen-1', [10, 0, 2])
    const messages = [
      {
        role: 'assistant',
        content: 'ls',
        extra: { response: { ...reply, usage: { ...reply.usage, cost: 0.0005 } } },
      },
    ]
    const { runs } = await read(miniTrajectory({}, { messages, trajectory_format: 'mini-swe-agent-1' }))
    assert.equal(runs[0]?.perCall[0]?.reportedUsd, '0.0005')
  })

  it('of messages alone has a usage that is unknown, and not 0', async () => {
    const messages = [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'assistant', content: 'ls' },
    ]
    const { runs } = await read(messages, 'run/github_issue.traj.json')
    assert.deepEqual(
      [runs[0]?.key, runs[0]?.usage, runs[0]?.incomplete, runs[0]?.calls, runs[0]?.steps, runs[0]?.perCall],
      ['run/github_issue.traj.json', unknown(), true, null, 1, []],
    )
  })

  it('tells how it ended where that is not a submission', async () => {
    const outcome = async (exit_status: string) =>
      (await read(miniTrajectory({ exit_status }))).runs[0]?.outcome
    assert.equal(await outcome('Submitted'), null)
    assert.equal(await outcome('LimitsExceeded'), 'budget-exhausted')
    assert.equal(await outcome('TimeExceeded'), 'timed-out')
    assert.equal(await outcome('RepeatedFormatError'), 'failed')
  })

  it('whose clock ran backwards has no time', async () => {
    const [system, ...rest] = miniTrajectory().messages
    const late = {
      role: 'assistant',
      extra: {
        timestamp: 1_777_629_700,
        response: { ...completion('r-0', [1, 0, 1]), created: 1_777_629_700 },
      },
    }
    const { runs } = await read(miniTrajectory({}, { messages: [system, late, ...rest] }))
    assert.equal(runs[0]?.wallSeconds, null)
  })

  it('with a count that cannot be is refused by its place', async () => {
    const document = miniTrajectory(
      {},
      {
        messages: [{ role: 'user' }, { role: 'assistant', extra: { response: completion('r', [-5, 0, 1]) } }],
      },
    )
    await assert.rejects(
      read(document),
      failsWith('run-malformed', /^x\.traj\.json: .*prompt_tokens.*-5 is not a number of tokens/),
    )
  })
})
