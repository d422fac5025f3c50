import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runExchange } from '../../../src/trajectory/run-exchange.ts'
import { runSchema } from '../../../src/trajectory/run-line.ts'
import { foundBy, jsonLines, sourceOf } from '../../fixtures/trajectory/csv-map-source.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

const used = usage({ input: 1200, cacheRead: 90_000, output: 8200 })
const line = (more: object = {}) => ({ schema: 'run/1', id: 'run-1', ...more })
const read = (...lines: readonly unknown[]) =>
  foundBy(runExchange, sourceOf(jsonLines(...lines), 'runs.jsonl', 19))

describe('run/1', () => {
  it('holds all that a run can hold', async () => {
    const call = {
      id: 'msg_1',
      at: '2026-01-31T12:00:01+01:00',
      model: 'gpt-5',
      usage: used,
      requests: 2,
      incomplete: true,
      quality: 'provider',
      reportedCostUsd: '0.40',
    }
    const { runs, lines, errors } = await read(
      line({
        task: { id: 'django__django-11099', benchmark: 'swe-bench-verified', repository: 'django/django' },
        agent: 'openhands',
        agentVersion: '1.2',
        model: 'gpt-5',
        run: 2,
        usage: used,
        incomplete: false,
        calls: 24,
        steps: 23,
        costUsd: '0.42',
        reportedCostUsd: '0.40',
        outcome: 'resolved',
        wallSeconds: 310.5,
        quality: 'provider',
        startedAt: '2026-01-31T12:00:00Z',
        conditions: { multiplier: 3, host: 'node-7', concurrency: 4 },
        source: { format: 'x', sha256: 'ab' },
        perCall: [call],
        actions: [
          { id: 'use-1', call: 'msg_1', tool: 'Read', kind: 'view', target: 'src/a.ts', returnedChars: 812 },
          { tool: 'bash', kind: 'run' },
        ],
      }),
    )
    assert.deepEqual(errors, [])
    assert.deepEqual(lines, [1])
    assert.deepEqual(runs[0], {
      key: 'run-1',
      task: { id: 'django__django-11099', benchmark: 'swe-bench-verified', repository: 'django/django' },
      agent: 'openhands',
      agentVersion: '1.2',
      model: 'gpt-5',
      run: 2,
      usage: used,
      incomplete: false,
      calls: 24,
      steps: 23,
      outcome: 'resolved',
      wallSeconds: 310.5,
      startedAt: '2026-01-31T12:00:00.000Z',
      reportedUsd: '0.40',
      conditions: { multiplier: 3, host: 'node-7', concurrency: 4 },
      quality: 'provider',
      perCall: [
        {
          id: 'msg_1',
          at: '2026-01-31T11:00:01.000Z',
          model: 'gpt-5',
          usage: used,
          requests: 2,
          incomplete: true,
          quality: 'provider',
          reportedUsd: '0.40',
        },
      ],
      actions: [
        { id: 'use-1', call: 'msg_1', tool: 'Read', kind: 'view', target: 'src/a.ts', returnedChars: 812 },
        { id: null, call: null, tool: 'bash', kind: 'run', target: null, returnedChars: null },
      ],
    })
  })

  it('leaves open whatever is not given', async () => {
    const { runs } = await read(line())
    assert.deepEqual(runs[0], {
      key: 'run-1',
      task: { id: null, benchmark: null, repository: null },
      agent: null,
      agentVersion: null,
      model: null,
      run: null,
      usage: unknown(),
      incomplete: true,
      calls: null,
      steps: null,
      outcome: null,
      wallSeconds: null,
      startedAt: null,
      reportedUsd: null,
      conditions: { multiplier: null, host: null, concurrency: null },
      quality: 'log',
      perCall: [],
      actions: [],
    })
  })

  it('tells resources without a limit in a word, since JSON has no infinity', async () => {
    const { runs } = await read(
      line({ conditions: { multiplier: 'uncapped' } }),
      line({ id: 'run-2', conditions: { multiplier: 0.5, host: null } }),
      line({ id: 'run-3', conditions: null }),
    )
    assert.deepEqual(
      runs.map(({ conditions }) => Object.values(conditions)),
      [
        [Number.POSITIVE_INFINITY, null, null],
        [0.5, null, null],
        [null, null, null],
      ],
    )
    const { wrong } = await read(
      line({ conditions: { multiplier: 0 } }),
      line({ conditions: { multiplier: 'unlimited' } }),
      line({ conditions: { concurrency: 0 } }),
      line({ conditions: { memory: 3 } }),
    )
    assert.deepEqual(
      wrong.map(([, detail]) => detail.replace(/^runs\.jsonl, line \d: /, '').replace(/: .*/, '')),
      ['/conditions/multiplier', '/conditions/multiplier', '/conditions/concurrency', '/conditions'],
    )
    assert.match(wrong[1]?.[1] ?? '', /expected a number above 0, or "uncapped"/)
  })

  it('sums up the calls where no sum is given', async () => {
    const { runs } = await read(
      line({
        perCall: [
          { usage: used, model: 'a', at: '2026-01-31 12:00:00', reportedCostUsd: '0.10' },
          { usage: { ...used, cacheRead: null }, model: 'b', reportedCostUsd: '0.03' },
        ],
      }),
    )
    const [run] = runs
    // 1200 + 1200 · 90,000 of the one that tells it · 8200 + 8200
    assert.deepEqual(run?.usage, usage({ input: 2400, cacheRead: 90_000, output: 16_400 }))
    assert.deepEqual(
      [run?.calls, run?.model, run?.reportedUsd, run?.startedAt, run?.incomplete],
      [2, 'a', '0.13', '2026-01-31T12:00:00.000Z', false],
    )
    const cut = await read(line({ perCall: [{ usage: used }, { usage: unknown({ input: 5 }) }] }))
    assert.deepEqual([cut.runs[0]?.incomplete, cut.runs[0]?.usage.input], [true, 1205])
  })

  it('takes the sum that is given, and calls it incomplete when a call is', async () => {
    const perCall = [{ usage: unknown({ input: 5 }) }]
    const { runs } = await read(
      line({ usage: used, perCall }),
      line({ usage: used, perCall, incomplete: false }),
    )
    assert.deepEqual(
      runs.map(({ usage, incomplete }) => [usage, incomplete]),
      [
        [used, true],
        [used, false],
      ],
    )
  })

  it('tells what is wrong with a line by its place, and goes on', async () => {
    const { runs, wrong, errors } = await read(
      line({ usage: { ...used, input: -1 } }),
      line({ usage: { ...used, output: 2 ** 53 } }),
      line({ perCall: [{ usage: used }, { usage: { ...used, reasoning: 8201 } }] }),
      line({ usage: { input: 1, output: 2 } }),
      line({ tokens: 5 }),
      line({ outcome: 'won', startedAt: 'yesterday', reportedCostUsd: 0.4 }),
      { schema: 'run/1' },
      { schema: 'run/2', id: 'x' },
      7,
      line({ id: 'run-2' }),
    )
    assert.deepEqual(
      runs.map(({ key }) => key),
      ['run-2'],
    )
    assert.ok(errors.every(({ code }) => code === 'run-malformed'))
    const told = wrong.map(([number, detail]) => [
      number,
      detail.replace(/^runs\.jsonl, line (\d+): /, '$1 '),
    ])
    assert.deepEqual(
      told.map(([number, detail]) => [number, String(detail).replace(/: .*/, '')]),
      [
        [1, '1 /usage/input'],
        [2, '2 /usage/output'],
        [3, '3 /perCall/1/usage/reasoning'],
        [4, '4 /usage/cacheRead'],
        [5, '5 the whole document'],
        [6, '6 /reportedCostUsd'],
        [7, '7 /id'],
        [8, '8 /schema'],
        [9, '9 the whole document'],
      ],
    )
    assert.match(wrong[5]?.[1] ?? '', /\/outcome: .*\/startedAt: expected a moment/)
  })

  it('refuses a sum beyond what can be counted exactly', async () => {
    const half = usage({ input: 2 ** 52 })
    const { wrong } = await read(line({ perCall: [{ usage: half }, { usage: half }] }))
    assert.match(wrong[0]?.[1] ?? '', /^runs\.jsonl, line 1: .*more than can be counted exactly/)
  })

  it('is known by its mark, also behind a line that is broken', () => {
    assert.equal(runExchange.detect(sourceOf(jsonLines(line()))), 2)
    assert.equal(runExchange.detect(sourceOf(`{"a":1}\n${jsonLines(line())}`)), 2)
    assert.equal(runExchange.detect(sourceOf('{"schema":"run/2"}\n')), 0)
    assert.equal(runExchange.detect(sourceOf('[1]\n')), 0)
  })

  it('has a JSON Schema that tells of every field', () => {
    const schema = runSchema() as {
      properties: object
      required: readonly string[]
      additionalProperties: boolean
    }
    assert.deepEqual(schema.required, ['schema', 'id'])
    assert.equal(schema.additionalProperties, false)
    assert.equal(Object.keys(schema.properties).length, 21)
  })
})
