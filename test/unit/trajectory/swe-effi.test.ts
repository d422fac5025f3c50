import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_CONDITIONS } from '../../../src/trajectory/conditions.ts'
import { sweEffi } from '../../../src/trajectory/swe-effi.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { foundBy, sourceOf } from '../../fixtures/trajectory/csv-map-source.ts'
import { unknown } from '../../fixtures/usage/usages.ts'

const stats = (more: object = {}) => ({
  input_tokens: 40_988,
  output_tokens: 63_645.0,
  cpu_time: 740.46,
  gpu_time: 321.34,
  resolved: false,
  duration: 1061.81,
  llm_calls: 85,
  measured_gpu_time: 13_634.84,
  measured_duration: 14_375.3,
  ...more,
})
const PATH = 'results/agent-scaffold-stats/agentless/qwen3-32B/combined_stats.json'
const read = (tasks: object, path = PATH, space?: number) =>
  foundBy(sweEffi, sourceOf(JSON.stringify(tasks, null, space), path, 17))

describe('combined_stats.json of SWE-Effi', () => {
  it('is known by its fields, on one line or on many', () => {
    for (const space of [0, 4]) {
      assert.equal(sweEffi.detect(sourceOf(JSON.stringify({ 'a__a-1': stats() }, null, space))), 2)
    }
    assert.equal(sweEffi.detect(sourceOf('{"a__a-1": {"input_tokens": 1, "output_tokens": 1}}')), 0)
    assert.equal(sweEffi.detect(sourceOf('{"total_projects": 50, "llm_calls": 9}')), 0)
    assert.equal(sweEffi.detect(sourceOf('[]')), 0)
    assert.equal(sweEffi.detect(sourceOf('')), 0)
  })

  it('is a run for each task, with agent and model from the path', async () => {
    const { runs, errors } = await read({
      'astropy__astropy-14369': stats(),
      'a__b-2': stats({ resolved: true }),
    })
    assert.deepEqual(errors, [])
    assert.deepEqual(runs[0], {
      key: 'agentless/qwen3-32B/astropy__astropy-14369',
      task: { id: 'astropy__astropy-14369', benchmark: 'swe-bench-verified', repository: 'astropy/astropy' },
      agent: 'agentless',
      agentVersion: null,
      model: 'qwen3-32B',
      run: null,
      usage: unknown({ input: 40_988, output: 63_645 }),
      incomplete: false,
      calls: 85,
      steps: null,
      outcome: 'failed',
      // What the clock measured, not the normalised 1061.81.
      wallSeconds: 14_375.3,
      startedAt: null,
      reportedUsd: null,
      conditions: NO_CONDITIONS,
      actions: [],
      quality: 'log',
      perCall: [],
    })
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      ['failed', 'resolved'],
    )
  })

  it('is named by its path in an archive and on the web site as well', async () => {
    const names = async (path: string) => {
      const { runs } = await read({ 'a__b-1': stats() }, path)
      return runs.map(({ agent, model, key }) => [agent, model, key])
    }
    assert.deepEqual(await names('x.zip!agentless/qwen3-32B/combined_stats.json.gz'), [
      ['agentless', 'qwen3-32B', 'agentless/qwen3-32B/a__b-1'],
    ])
    assert.deepEqual(await names('raw/agentless-mini_GPT-4o-mini-2024-07-18.json'), [
      ['agentless-mini', 'GPT-4o-mini-2024-07-18', 'agentless-mini/GPT-4o-mini-2024-07-18/a__b-1'],
    ])
    assert.deepEqual(await names('standard input'), [[null, null, 'standard input/a__b-1']])
  })

  it('leaves open what it does not tell', async () => {
    const { runs } = await read({
      'a__b-1': stats({ input_tokens: null, llm_calls: undefined, resolved: null }),
    })
    assert.deepEqual(
      runs.map(({ usage, calls, outcome, incomplete }) => [usage.input, calls, outcome, incomplete]),
      [[null, null, null, true]],
    )
  })

  it('reads on past a task that cannot be read', async () => {
    const { runs, errors, wrong } = await read({
      'a__b-1': stats({ output_tokens: -1 }),
      'a/b~2': stats({ input_tokens: 2 ** 53 }),
      'a__b-3': stats({ llm_calls: 1.5 }),
      'a__b-6': 7,
      'a__b-7': stats(),
    })
    assert.deepEqual(
      runs.map(({ task }) => task.id),
      ['a__b-7'],
    )
    assert.deepEqual(
      wrong.map(([, detail]) => detail.slice(PATH.length)),
      [
        ", /a__b-1: a task of SWE-Effi's stats: /output_tokens: -1 is not a number of tokens",
        ", /a~1b~02: a task of SWE-Effi's stats: /input_tokens: 9007199254740992 is not a number of tokens",
        ", /a__b-3: a task of SWE-Effi's stats: /llm_calls: 1.5 is not a number of tokens",
        ", /a__b-6: a task of SWE-Effi's stats: the whole document: Invalid input: expected object, received number",
      ],
    )
    assert.ok(errors.every(({ code }) => code === 'run-malformed'))
  })

  it('holds nothing without a task, and is refused when it is cut off', async () => {
    assert.deepEqual((await read({})).nothing, [`${PATH} tells of no task`])
    const cut = JSON.stringify({ 'a__b-1': stats() }).slice(0, -1)
    await assert.rejects(
      foundBy(sweEffi, sourceOf(cut, PATH)),
      failsWith('run-malformed', /the text ends too early/),
    )
  })
})
