import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { againstRaw } from '../../../src/forecast/follow-runs.ts'
import { modelKey } from '../../../src/forecast/model-key.ts'
import { calibrationKey } from '../../../src/forecast/recalibrated.ts'
import { storeFollower } from '../../../src/store/follow-store.ts'
import { keepEstimates } from '../../../src/store/keep-estimates.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { readAnsweredNames } from '../../../src/store/read-answered-names.ts'
import { readCalibrations } from '../../../src/store/read-calibrations.ts'
import { FOLLOWED_RUNS_SQL, followedRunsReader, storedPairs } from '../../../src/store/read-followed-runs.ts'
import type { Run } from '../../../src/trajectory/run.ts'
import { type Made, madeEstimate, priceAt } from '../../fixtures/estimates.ts'
import { AT_MS, formatCalled, importRuns, madeRun, newStore } from '../../fixtures/runs.ts'

const BUNDLE = { id: 'verified-1', data: 'd' }
const PAIR = { agent: 'my-agent', model: 'gpt-5' }
const MINUTE_MS = 60_000

/** Forecasts a task, and has its run begin a second later. */
async function runOf(
  store: Store,
  i: number,
  { made = {}, run = {}, data = 'd', format = 'made', total = 3e6 }: RunOptions = {},
): Promise<void> {
  const atMs = AT_MS + i * MINUTE_MS
  const task = { id: `task-${i}`, repository: 'example/tables' }
  const forecast = madeEstimate(
    { model: 'gpt-5', agent: 'my-agent', total: 1e6, output: 1e4, ...made },
    priceAt(1, 10),
  )
  keepEstimates(store, { ...task, commit: null, data }, { forecasts: [forecast], atMs })
  const usage = {
    input: total - 3e4,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 3e4,
    reasoning: null,
  }
  await importRuns(
    store,
    [
      madeRun(`run-${i}`, [], {
        ...{ task: { ...task, benchmark: null }, usage, calls: 1, wallSeconds: 10 },
        startedAt: new Date(atMs + 1000).toISOString(),
        ...run,
      }),
    ],
    formatCalled(format),
  )
}

interface RunOptions {
  readonly made?: Partial<Made>
  readonly run?: Partial<Run>
  readonly data?: string
  readonly format?: string
  readonly total?: number
}

describe('the runs that forecasts follow', () => {
  it('are those of the model, whoever served it and of whatever day', async () => {
    const store = newStore()
    const names = ['gpt-5-2025-08-07', 'openai/gpt-5', 'gpt-5', 'gpt-5-mini']
    for (const [i, model] of names.entries()) await runOf(store, i, { total: 1e6 * (i + 1), run: { model } })
    assert.deepEqual([...storedPairs(store)], [PAIR, { ...PAIR, model: 'gpt-5-mini' }])
    const totals = followedRunsReader(store)(PAIR, BUNDLE).map(({ actual }) => actual.total)
    assert.deepEqual(totals, [1e6, 2e6, 3e6])
    store.close()
  })

  it('are those that were forecast by the bundle, in the order they began', async () => {
    const store = newStore()
    for (const i of [2, 0, 1]) await runOf(store, i, { total: 1e6 * (i + 1) })
    await runOf(store, 3, { data: 'another bundle' })
    await importRuns(store, [madeRun('never forecast', [], { startedAt: new Date(AT_MS).toISOString() })])
    const runs = followedRunsReader(store)(PAIR, BUNDLE)
    assert.deepEqual(
      runs.map(({ actual }) => actual.total),
      [1e6, 2e6, 3e6],
    )
    assert.deepEqual(runs[0]?.actual.output, 3e4)
    assert.ok((runs[0]?.forecast.total.p10 ?? 0) < 1e6 && (runs[0]?.forecast.total.p90 ?? 0) > 1e6)
    assert.deepEqual(
      followedRunsReader(store)(PAIR, BUNDLE, 2).map(({ actual }) => actual.total),
      [2e6, 3e6],
    )
    store.close()
  })

  it('are not those that go on, that the infrastructure ended, or whose forecast is of a mean', async () => {
    const store = newStore()
    await runOf(store, 0, { run: { wallSeconds: null }, format: 'gateway' })
    await runOf(store, 1, { run: { outcome: 'infra-error' } })
    await runOf(store, 2, { made: { meanOf: 4 } })
    assert.deepEqual(followedRunsReader(store)(PAIR, BUNDLE), [])
    await runOf(store, 3, { run: { wallSeconds: null } })
    await runOf(store, 4, { run: { outcome: 'budget-exhausted' } })
    await runOf(store, 5, { run: { incomplete: true } })
    assert.deepEqual(
      followedRunsReader(store)(PAIR, BUNDLE).map(({ isCapped }) => isCapped),
      [false, true, true],
    )
    store.close()
  })

  it('are found by their index, however many others there are', () => {
    const store = newStore()
    const plan = store.database
      .prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${FOLLOWED_RUNS_SQL}`)
      .all({ ...PAIR, ...BUNDLE, most: 10 })
      .map(({ detail }) => detail)
    assert.ok(plan.some((line) => line.includes('runs_by_pair')))
    for (const line of plan) assert.doesNotMatch(line, /^SCAN (own|asked|earlier|estimates|bundles|sources)/)
    store.close()
  })

  it('tell of each pair that the store knows', async () => {
    const store = newStore()
    await runOf(store, 0)
    await runOf(store, 1, { made: { model: 'kimi-k2' }, run: { model: 'kimi-k2' } })
    await runOf(store, 2, { run: { agent: 'My-Agent' } })
    await runOf(store, 3, { run: { agent: null } })
    assert.deepEqual([...storedPairs(store)], [PAIR, { agent: 'my-agent', model: modelKey('kimi-k2') }])
    const table = readCalibrations(store, storedPairs(store), BUNDLE)
    assert.deepEqual(Object.keys(table), [
      calibrationKey('My-agent', 'GPT-5'),
      calibrationKey('my-agent', 'kimi-k2'),
    ])
    assert.equal(table[calibrationKey('my-agent', 'gpt-5')]?.total?.runs, 2)
    assert.ok((table[calibrationKey('my-agent', 'gpt-5')]?.total?.shift ?? 0) > 0)
    store.close()
  })

  it('are held against what the bundle alone forecast: a correction that was given out is taken off', async () => {
    const [plain, corrected] = [newStore(), newStore()]
    const calibration = {
      ...{ total: { runs: 9, shift: 0.3, lower: 0.8, upper: 1.7 } },
      ...{ output: { runs: 9, shift: -0.1, lower: 1.2, upper: 0.9 } },
    }
    for (let i = 0; i < 8; i++) {
      await runOf(plain, i, { total: 1e6 + 3e5 * i })
      // As `recalibrated` would have moved it: ends and middle are all that is read.
      const store = corrected
      await runOf(store, i, { total: 1e6 + 3e5 * i })
      store.database.exec(movedBy(calibration))
    }
    for (const quantity of ['total', 'output'] as const) {
      const [a, b] = [plain, corrected].map((store) =>
        followedRunsReader(store)(PAIR, BUNDLE).map((run) => againstRaw(run, quantity)),
      )
      assert.equal(a?.length, 8)
      for (const [i, raw] of (a ?? []).entries())
        for (const level of ['actual', 'p10', 'p50', 'p90'] as const)
          assert.ok(Math.abs((raw?.[level] ?? 0) - (b?.[i]?.[level] ?? 1)) < 1e-3, `${quantity} ${level}`)
    }
    plain.close()
    corrected.close()
  })
})

interface Moves {
  readonly [quantity: string]: { readonly shift: number; readonly lower: number; readonly upper: number }
}

/** Moves the ranges of all documents that were not moved yet. */
function movedBy(calibration: Moves): string {
  const set = Object.entries(calibration).flatMap(([quantity, { shift, lower, upper }]) => {
    const name = `${quantity}Tokens`
    const at = (level: string) => `(document ->> '$.${name}.${level}')`
    const middle = `(log10(${at('p50')}) + ${shift})`
    const end = (level: string, by: number) =>
      `'$.${name}.${level}', round(pow(10, ${middle} + ${by} * (log10(${at(level)}) - log10(${at('p50')}))))`
    return [end('p10', lower), end('p50', 1), end('p90', upper)]
  })
  return `UPDATE estimates SET document = json_set(document, ${set.join(', ')},
    '$.basis.calibration', json('${JSON.stringify(calibration)}'))
    WHERE document -> '$.basis.calibration' IS NULL`
}

describe('following a store', () => {
  it('sees what another connection writes, at once and only then, and is the fold over all of it', async () => {
    const store = newStore()
    const writer = openStore(store.file, { create: false })
    const follow = storeFollower(store)
    assert.deepEqual(follow(BUNDLE), { calibrations: {}, histories: [] })
    assert.equal(follow(BUNDLE), null)
    for (let i = 0; i < 5; i++) {
      await runOf(writer, i)
      const found = follow(BUNDLE)
      assert.deepEqual(found?.calibrations, readCalibrations(store, storedPairs(store), BUNDLE))
      assert.equal(found?.histories[0]?.runs.length, i + 1)
      assert.equal(follow(BUNDLE), null)
    }
    writer.close()
    store.close()
  })

  it('sees a run that ends, and one that another stands for now', async () => {
    const store = newStore()
    const writer = openStore(store.file, { create: false })
    const follow = storeFollower(store)
    await runOf(writer, 0, { format: 'gateway', run: { wallSeconds: null } })
    assert.deepEqual(follow(BUNDLE)?.calibrations, {})
    writer.database.exec('UPDATE runs SET wall_seconds = 5')
    assert.equal(Object.keys(follow(BUNDLE)?.calibrations ?? {}).length, 1)
    writer.database.exec('UPDATE runs SET superseded_by = row')
    assert.deepEqual(follow(BUNDLE)?.calibrations, {})
    writer.close()
    store.close()
  })

  it('knows nothing of forecasts of another bundle', async () => {
    const store = newStore()
    const writer = openStore(store.file, { create: false })
    await runOf(writer, 0)
    const follow = storeFollower(store)
    assert.equal(Object.keys(follow(BUNDLE)?.calibrations ?? {}).length, 1)
    assert.deepEqual(follow({ ...BUNDLE, id: 'verified-2' }), { calibrations: {}, histories: [] })
    assert.equal(Object.keys(follow(BUNDLE)?.calibrations ?? {}).length, 1)
    writer.close()
    store.close()
  })
})

describe('the names that models are answered by', () => {
  it('are each told once, with the first and the last time', () => {
    const store = newStore()
    store.database.exec(
      `INSERT INTO sources (sha256, format, reader, name, imported_at) VALUES ('s', 'gateway', 1, 'g', '')`,
    )
    store.database.exec(
      `INSERT INTO runs (id, content, key, incomplete, quality, source) VALUES ('r', x'00', 'k', 0, 'provider', 1)`,
    )
    const insert = store.database.prepare(
      `INSERT INTO exchanges (id, run, at, provider, kind, path, model_asked, model_answered, streams, retry, ending,
         tools, request_bytes, reply_bytes, latency_ms) VALUES (?, 1, ?, 'openai', 'chat', '/', ?, ?, 0, 0, 'done', '', 1, 1, 1)`,
    )
    const exchanges = [
      ['gpt-5', 'gpt-5-a', '2026-01-02'],
      ['gpt-5', 'gpt-5-a', '2026-01-01'],
      ['gpt-5', 'gpt-5-b', '2026-01-03'],
      ['gpt-5', null, '2026-01-04'],
      [null, 'gpt-5-b', '2026-01-05'],
      ['kimi', 'kimi', '2026-01-06'],
    ]
    for (const [i, [asked, answered, at]] of exchanges.entries()) insert.run(`e${i}`, at, asked, answered)
    assert.deepEqual(readAnsweredNames(store), [
      { asked: 'gpt-5', answered: 'gpt-5-a', firstAt: '2026-01-01', lastAt: '2026-01-02' },
      { asked: 'gpt-5', answered: 'gpt-5-b', firstAt: '2026-01-03', lastAt: '2026-01-03' },
      { asked: 'kimi', answered: 'kimi', firstAt: '2026-01-06', lastAt: '2026-01-06' },
    ])
    store.close()
  })
})
