import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readPriceBook } from '../../../src/pricing/read-price-book.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { type CallTraces, readCallTraces } from '../../../src/store/read-call-traces.ts'
import { readEpisodes } from '../../../src/store/read-episodes.ts'
import { ALL_RUNS, callReader, readRuns } from '../../../src/store/read-runs.ts'
import { runOfLine } from '../../../src/trajectory/run-exchange.ts'
import type { RunLine } from '../../../src/trajectory/run-line.ts'
import { calls, importRuns, madeRun } from '../../fixtures/runs.ts'
import { runLines } from '../../fixtures/trajectory/run-lines.ts'

const memory = () => openStore(':memory:', { create: true })
const tracesOf = (store: Store, more: object = {}) =>
  readCallTraces(store, readEpisodes(store, ALL_RUNS), { book: null, ...more })

/** Ids of the runs that were drawn. */
function drawn(store: Store, { runs }: CallTraces): readonly string[] {
  const ids = [...readRuns(store, ALL_RUNS)].map(({ id }) => id)
  return [...runs].map((place) => ids[place] ?? '')
}

/** A store of so many runs with three calls each, and as many without. */
async function storeOf(runs: number): Promise<Store> {
  const store = memory()
  const made = (i: number) => [
    madeRun(`called ${i}`, calls(3 * i, 3 * i + 3)),
    madeRun(`plain ${i}`, [], { calls: 1 }),
  ]
  await importRuns(store, Array.from({ length: runs }, (_, i) => made(i)).flat())
  return store
}

describe('the single calls of runs', () => {
  it('are those that are kept of each run, in their order', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(runLines, { selector: ({ id }) => id, maxLength: 6 }),
        async (lines) => {
          const store = memory()
          await importRuns(
            store,
            lines.map((line) => runOfLine(line as RunLine)),
          )
          const stored = [...readRuns(store, ALL_RUNS)]
          const traces = tracesOf(store)
          const callsOf = callReader(store)
          const called = stored.flatMap(({ id }, place) => (callsOf(id).length > 0 ? [place] : []))
          assert.deepEqual([...traces.runs], called)
          assert.equal(traces.drawnFrom, called.length)
          for (const [i, place] of called.entries()) {
            const kept = callsOf(stored[place]?.id ?? '')
            const [from, to] = [traces.start[i] as number, traces.start[i + 1] as number]
            const told = (column: Float64Array) =>
              [...column.subarray(from, to)].map((value) => (Number.isNaN(value) ? null : value))
            assert.deepEqual(
              told(traces.input),
              kept.map(({ input }) => input),
            )
            assert.deepEqual(
              told(traces.cacheRead),
              kept.map(({ cache_read }) => cache_read),
            )
            assert.deepEqual(
              told(traces.cacheWrite),
              kept.map(({ cache_write_5m: a, cache_write_1h: b }) =>
                a === null ? b : b === null ? a : a + b,
              ),
            )
            assert.deepEqual(
              told(traces.output),
              kept.map(({ output }) => output),
            )
            assert.deepEqual(
              told(traces.reasoning),
              kept.map(({ reasoning }) => reasoning),
            )
            assert.deepEqual(
              told(traces.requests),
              kept.map(({ requests }) => requests),
            )
            assert.deepEqual(
              told(traces.atMs),
              kept.map(({ at }) => (at === null ? null : Date.parse(at))),
            )
            assert.deepEqual(
              told(traces.costUsd),
              kept.map(({ reported_usd: usd }) => (usd === null ? null : Number(usd))),
            )
          }
          store.close()
        },
      ),
      { numRuns: 100 },
    ))

  it('are of so many runs at most, the same ones whatever else is in the store', async () => {
    const [small, large] = [await storeOf(30), await storeOf(60)]
    const some = tracesOf(small, { maxRuns: 7 })
    assert.deepEqual([some.runs.length, some.drawnFrom, some.start.length], [7, 30, 8])
    assert.equal(some.input.length, 21)
    assert.deepEqual(tracesOf(small, { maxRuns: 7 }), some)
    // What is drawn of more is, where it was there before, drawn of fewer too.
    const before = new Set(drawn(small, tracesOf(small, { maxRuns: 30 })))
    const again = drawn(large, tracesOf(large, { maxRuns: 7 })).filter((id) => before.has(id))
    const first = new Set(drawn(small, some))
    assert.ok(again.length > 0 && again.every((id) => first.has(id)))
    small.close()
    large.close()
  })

  it('are drawn of all runs alike', async () => {
    const store = await storeOf(20)
    const times = new Map<number, number>()
    for (let seed = 0; seed < 400; seed++) {
      for (const place of tracesOf(store, { maxRuns: 5, seed }).runs)
        times.set(place, (times.get(place) ?? 0) + 1)
    }
    // 400 draws of 5 in 20: 100 each, and a standard deviation of 8.7.
    assert.equal(times.size, 20)
    assert.ok([...times.values()].every((count) => count > 60 && count < 140))
    store.close()
  })

  it('are of the runs that were asked for alone', async () => {
    const store = await storeOf(3)
    await importRuns(store, [madeRun('other', calls(90, 92), { agent: 'other' })])
    const episodes = readEpisodes(store, { ...ALL_RUNS, agent: 'other' })
    const { runs, drawnFrom, start } = readCallTraces(store, episodes, { book: null })
    assert.deepEqual([[...runs], drawnFrom, [...start]], [[0], 1, [0, 2]])
    store.close()
  })

  it('cost what our prices say, or else what is told', async () => {
    const store = memory()
    const usage = {
      input: 1_000_000,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 0,
      reasoning: null,
    }
    await importRuns(store, [
      madeRun('a', [
        ...calls(0, 1, { usage, model: null, reportedUsd: '7' }),
        ...calls(1, 2, { usage, model: 'nobody’s', reportedUsd: '7' }),
        ...calls(2, 3, { usage, model: 'nobody’s' }),
        ...calls(3, 4, { usage, incomplete: true }),
        ...calls(4, 5, { usage: { ...usage, output: null } }),
      ]),
    ])
    const book = await readPriceBook({ file: null, cwd: '.' })
    // GPT-5 takes $1.25 for a million tokens.
    const unknown = Number.NaN
    assert.deepEqual([...tracesOf(store, { book }).costUsd], [1.25, 7, unknown, unknown, unknown])
    assert.deepEqual([...tracesOf(store).costUsd], [7, 7, unknown, unknown, unknown])
    store.close()
  })

  it('are none where there are none', () => {
    const store = memory()
    const { runs, start, drawnFrom, input } = tracesOf(store)
    assert.deepEqual([runs.length, [...start], drawnFrom, input.length], [0, [0], 0, 0])
    store.close()
  })

  it('are found through their index, never by going through all calls', async () => {
    const store = await storeOf(2)
    const asked: string[] = []
    const { prepare } = store.database
    const database = new Proxy(store.database, {
      get: (target, name) =>
        name === 'prepare'
          ? (sql: string) => {
              asked.push(sql)
              return prepare.call(target, sql)
            }
          : Reflect.get(target, name).bind?.(target),
    })
    readCallTraces({ ...store, database }, readEpisodes(store, ALL_RUNS), { book: null })
    const plans = asked.flatMap((sql) => {
      const values = sql.includes('?') ? [1] : []
      return store.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]
    })
    assert.ok(plans.length >= 4)
    assert.deepEqual(
      plans.map(({ detail }) => detail).filter((detail) => /SCAN calls/.test(detail)),
      [],
    )
    store.close()
  })
})
