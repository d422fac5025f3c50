import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Episodes, Names } from '../../../src/store/episodes.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { readEpisodes } from '../../../src/store/read-episodes.ts'
import { ALL_RUNS, type RunFilter, readRuns, type StoredRun } from '../../../src/store/read-runs.ts'
import { OUTCOMES, type Run } from '../../../src/trajectory/run.ts'
import { runOfLine } from '../../../src/trajectory/run-exchange.ts'
import type { RunLine } from '../../../src/trajectory/run-line.ts'
import { calls, formatCalled, importRuns, madeRun, newStore } from '../../fixtures/runs.ts'
import { runLines } from '../../fixtures/trajectory/run-lines.ts'

const memory = () => openStore(':memory:', { create: true })

/** Runs with few names, so that some have the same, and few keys, so that some are told twice. */
const runs = fc
  .tuple(
    runLines,
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      task: fc.record({
        id: fc.constantFrom(null, 't1', 't2'),
        benchmark: fc.constantFrom(null, 'x', 'y'),
        repository: fc.constantFrom(null, 'o/r'),
      }),
      agent: fc.constantFrom(null, 'mine', 'other'),
      model: fc.constantFrom(null, 'gpt-5', 'openai/gpt-5', 'o3', 'GPT-5 (effort=high)'),
    }),
  )
  .map(([line, names]): Run => ({ ...runOfLine(line as RunLine), ...names }))

const filters = fc.record({
  ...Object.fromEntries(Object.entries(ALL_RUNS).map(([name, value]) => [name, fc.constant(value)])),
  benchmark: fc.constantFrom(null, 'x'),
  task: fc.constantFrom(null, 't*'),
  agent: fc.constantFrom(null, '[mo]*'),
  model: fc.constantFrom(null, '*gpt-5'),
  format: fc.constantFrom(null, 'one'),
  outcome: fc.constantFrom(null, 'resolved'),
  from: fc.constantFrom(null, '1990-01-01T00:00:00.000Z'),
  superseded: fc.boolean(),
}) as fc.Arbitrary<RunFilter>

/** What the columns say of a run, as `readRuns` tells it. */
function told(episodes: Episodes, i: number): Record<string, unknown> {
  const name = ({ names, codes }: Names) => names[codes[i] as number] ?? null
  const figure = (column: Float64Array) => (Number.isNaN(column[i]) ? null : column[i])
  return {
    task: {
      id: name(episodes.task),
      benchmark: name(episodes.benchmark),
      repository: name(episodes.repository),
    },
    agent: name(episodes.agent),
    model: name(episodes.model),
    host: name(episodes.host),
    source: name(episodes.source),
    outcome: OUTCOMES[episodes.outcome[i] as number] ?? null,
    usage: {
      input: figure(episodes.input),
      cacheRead: figure(episodes.cacheRead),
      cacheWrite5m: figure(episodes.cacheWrite5m),
      cacheWrite1h: figure(episodes.cacheWrite1h),
      output: figure(episodes.output),
      reasoning: figure(episodes.reasoning),
    },
    incomplete: episodes.incomplete[i] === 1,
    calls: figure(episodes.calls),
    steps: figure(episodes.steps),
    costUsd: figure(episodes.costUsd),
    reportedUsd: figure(episodes.reportedUsd),
    wallSeconds: figure(episodes.wallSeconds),
    startedMs: figure(episodes.startedMs),
    multiplier: figure(episodes.multiplier),
    concurrency: figure(episodes.concurrency),
  }
}

const expected = (run: StoredRun): Record<string, unknown> => ({
  task: run.task,
  agent: run.agent,
  model: run.model?.endsWith('(effort=high)') ? `${run.modelName} (effort=high)` : run.modelName,
  host: run.conditions.host,
  source: run.source.format,
  outcome: run.outcome,
  usage: run.usage,
  incomplete: run.incomplete,
  calls: run.calls,
  steps: run.steps,
  costUsd: run.costUsd === null ? null : Number(run.costUsd),
  reportedUsd: run.reportedUsd === null ? null : Number(run.reportedUsd),
  wallSeconds: run.wallSeconds,
  startedMs: run.startedAt === null ? null : Date.parse(run.startedAt),
  multiplier: run.conditions.multiplier,
  concurrency: run.conditions.concurrency,
})

describe('runs as columns', () => {
  it('are the runs that readRuns gives, in the same order, whatever is asked for', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(runs, fc.constantFrom('one', 'two')), { maxLength: 12 }),
        filters,
        async (all, filter) => {
          const store = memory()
          for (const [run, format] of all) await importRuns(store, [run], formatCalled(format))
          const stored = [...readRuns(store, filter)]
          const episodes = readEpisodes(store, filter)
          assert.equal(episodes.size, stored.length)
          for (const [i, run] of stored.entries()) {
            assert.deepEqual(told(episodes, i), expected(run))
            const row = store.database.prepare('SELECT row FROM runs WHERE id = ?').pluck().get(run.id)
            assert.equal(episodes.row[i], row)
          }
          store.close()
        },
      ),
      { numRuns: 150 },
    ))

  it('are the same in whatever order the runs came', () =>
    fc.assert(
      fc.asyncProperty(fc.uniqueArray(runs, { selector: ({ key }) => key, maxLength: 7 }), async (all) => {
        // Calls with ids belong to the run that began first: here none shares any.
        const apart = all.map((run) => ({ ...run, perCall: [] }))
        const [one, other] = [memory(), memory()]
        await importRuns(one, apart)
        for (const run of apart.toReversed()) await importRuns(other, [run])
        const { row: _, ...columns } = readEpisodes(one, ALL_RUNS)
        const { row: __, ...others } = readEpisodes(other, ALL_RUNS)
        assert.deepEqual(columns, others)
        one.close()
        other.close()
      }),
      { numRuns: 50 },
    ))

  it('have a code for each task: the same id elsewhere is another one', async () => {
    const store = memory()
    const task = (benchmark: string | null, repository: string | null) =>
      ({ id: 't', benchmark, repository }) as const
    await importRuns(store, [
      madeRun('a', [], { task: task('x', null) }),
      madeRun('b', [], { task: task('y', null) }),
      madeRun('c', [], { task: task('y', 'o/r') }),
      madeRun('d', [], { task: task('y', 'o/r') }),
      madeRun('e', [], { task: { id: null, benchmark: 'y', repository: 'o/r' } }),
    ])
    const { task: names, repository } = readEpisodes(store, ALL_RUNS)
    assert.deepEqual(names.names, ['t', 't', 't'])
    const counts = [-1, 0, 1, 2].map((code) => names.codes.filter((each) => each === code).length)
    assert.deepEqual(counts, [1, 1, 2, 1])
    assert.deepEqual(repository.names, ['o/r'])
    store.close()
  })

  it('name nothing that no run has', async () => {
    const store = memory()
    await importRuns(store, [madeRun('a', [], { agent: 'b' }), madeRun('b', [], { agent: 'a' })])
    await importRuns(store, [
      madeRun('c', [], { agent: 'c', task: { id: 'z', benchmark: 'z', repository: 'z/z' } }),
    ])
    assert.deepEqual(readEpisodes(store, { ...ALL_RUNS, agent: '[ab]' }).agent.names, ['a', 'b'])
    const { task, benchmark, repository, source } = readEpisodes(store, { ...ALL_RUNS, agent: 'c' })
    assert.deepEqual(
      [task, benchmark, repository].map(({ names }) => names),
      [['z'], ['z'], ['z/z']],
    )
    assert.deepEqual(source.names, ['made'])
    store.close()
  })

  it('are none of an empty store, and none of what was superseded unless asked for', async () => {
    const store = newStore()
    assert.equal(readEpisodes(store, ALL_RUNS).size, 0)
    await importRuns(store, [madeRun('wire', calls(0, 2, { quality: 'provider' }), { quality: 'provider' })])
    await importRuns(store, [madeRun('log', calls(0, 2))])
    assert.equal(readEpisodes(store, ALL_RUNS).size, 1)
    assert.equal(readEpisodes(store, { ...ALL_RUNS, superseded: true }).size, 2)
    store.close()
  })

  it('are not read for whoever has given up', () => {
    const store = memory()
    assert.throws(() => readEpisodes(store, ALL_RUNS, AbortSignal.abort()), { name: 'AbortError' })
    store.close()
  })
})
