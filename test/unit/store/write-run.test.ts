import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_RUNS, readRuns } from '../../../src/store/read-runs.ts'
import { contentOf } from '../../../src/store/run-identity.ts'
import { NO_CONDITIONS } from '../../../src/trajectory/conditions.ts'
import {
  calls,
  contents,
  formatCalled,
  importRuns,
  madeCall,
  madeRun,
  newStore,
} from '../../fixtures/runs.ts'

const NOTHING = { added: 0, updated: 0, unchanged: 0, copy: 0 }

describe('a run that is imported', () => {
  it('again changes nothing, and says so', async () => {
    const store = newStore()
    const runs = [madeRun('a', calls(0, 3)), madeRun('b', [], { usage: madeCall(0).usage, calls: 1 })]
    assert.deepEqual((await importRuns(store, runs)).runs, { ...NOTHING, added: 2 })
    const before = contents(store)
    assert.deepEqual((await importRuns(store, runs)).runs, { ...NOTHING, unchanged: 2 })
    assert.deepEqual(contents(store), before)
    assert.deepEqual(before, { a: [3, 30, '0.03'], b: [1, 10, '0.01'] })
    store.close()
  })

  it('further on adds what is new', async () => {
    const store = newStore()
    await importRuns(store, [madeRun('a', calls(0, 3))])
    const longer = await importRuns(store, [madeRun('a', calls(0, 5))])
    assert.deepEqual(longer.runs, { ...NOTHING, updated: 1 })
    const shorter = await importRuns(store, [madeRun('a', calls(0, 2))])
    assert.deepEqual(shorter.runs, { ...NOTHING, unchanged: 1 })
    assert.deepEqual(contents(store), { a: [5, 50, '0.05'] })
    store.close()
  })

  it('in parts, each from a file of its own, is whole in any order', async () => {
    const parts = [calls(0, 2), calls(5, 7), calls(2, 5)].map((part) => madeRun('session', part))
    for (const order of [parts, parts.toReversed()]) {
      const store = newStore()
      for (const part of order) await importRuns(store, [part])
      assert.deepEqual(contents(store), { session: [7, 70, '0.07'] })
      const [run] = [...readRuns(store, ALL_RUNS)]
      assert.equal(run?.startedAt, madeCall(0).at)
      store.close()
    }
  })

  it('with the history of another counts only its own calls, in any order', async () => {
    const parent = madeRun('parent', calls(0, 4))
    const fork = madeRun('fork', calls(0, 6), { startedAt: madeCall(4).at })
    const copy = madeRun('copy', calls(0, 4), { startedAt: madeCall(9).at })
    const expected = { parent: [4, 40, '0.04'], fork: [2, 20, '0.02'] }
    for (const order of [
      [parent, fork, copy],
      [fork, parent, copy],
    ]) {
      const store = newStore()
      for (const run of order) await importRuns(store, [run])
      assert.deepEqual(contents(store), expected)
      const again = await Promise.all(order.map((run) => importRuns(store, [run])))
      assert.ok(again.every(({ runs }) => runs.added + runs.updated === 0))
      assert.deepEqual(contents(store), expected)
      store.close()
    }
  })

  it('before the run whose calls it copied is left without them', async () => {
    const store = newStore()
    await importRuns(store, [madeRun('copy', calls(0, 4), { startedAt: madeCall(9).at })])
    await importRuns(store, [madeRun('first', calls(0, 4))])
    const { first, copy } = contents(store)
    assert.deepEqual(first, [4, 40, '0.04'])
    assert.equal(copy?.at(-1), 'superseded')
    store.close()
  })

  it('told by the gateway and by a log is counted once, as the gateway tells it', async () => {
    const wire = madeRun('wire', calls(0, 3, { quality: 'provider' }), { quality: 'provider' })
    const log = madeRun('log', calls(0, 3))
    const tellings = [
      [wire, formatCalled('gateway')],
      [log, formatCalled('claude-code')],
    ] as const
    for (const order of [tellings, tellings.toReversed()]) {
      const store = newStore()
      for (const [run, format] of order) await importRuns(store, [run], format)
      assert.deepEqual(contents(store), { wire: [3, 30, '0.03'], log: [3, 30, '0.03', 'superseded'] })
      assert.deepEqual(
        [...readRuns(store, ALL_RUNS)].map(({ key }) => key),
        ['wire'],
      )
      store.close()
    }
  })

  it('twice by formats that share their keys is one run, told by the one that is trusted more', async () => {
    const store = newStore()
    const estimated = madeRun('s', [], {
      usage: { ...madeCall(0).usage, output: 7 },
      calls: 1,
      quality: 'estimate',
    })
    const logged = madeRun('s', [], { usage: madeCall(0).usage, calls: 1, outcome: 'resolved', agent: null })
    await importRuns(store, [estimated], formatCalled('one', { identity: 'same' }))
    const { runs } = await importRuns(store, [logged], formatCalled('two', { identity: 'same' }))
    assert.deepEqual(runs, { ...NOTHING, updated: 1 })
    const [run] = [...readRuns(store, ALL_RUNS)]
    assert.deepEqual([run?.usage.output, run?.outcome, run?.agent], [10, 'resolved', 'my-agent'])
    store.close()
  })

  it('with the same key in another format is another run', async () => {
    const store = newStore()
    await importRuns(store, [madeRun('a', [], { calls: 1 })], formatCalled('one'))
    await importRuns(store, [madeRun('a', [], { calls: 1 })], formatCalled('two'))
    assert.equal([...readRuns(store, ALL_RUNS)].length, 2)
    store.close()
  })

  it('tells of its resources what any telling of it knows', async () => {
    const store = newStore()
    const uncapped = { multiplier: Number.POSITIVE_INFINITY, host: 'node-7', concurrency: null }
    const told = madeRun('a', [], { conditions: uncapped })
    await importRuns(store, [madeRun('a', [], { conditions: { ...NO_CONDITIONS, concurrency: 4 } })])
    assert.equal((await importRuns(store, [told])).runs.updated, 1)
    assert.equal((await importRuns(store, [told])).runs.unchanged, 1)
    const [run] = [...readRuns(store, ALL_RUNS)]
    assert.deepEqual(run?.conditions, { ...uncapped, concurrency: 4 })
    store.close()
  })

  it('without resources told is known by the hash that it had before these were kept', () => {
    const run = madeRun('a', calls(0, 2), { outcome: 'resolved', wallSeconds: 1.5 })
    // As computed by the version of the program before conditions were part of a run.
    const before = 'fc6c33975f218b78c06057205f0bd859d4e05e57ebc4479234125326f6aab3ee'
    assert.equal(contentOf(run).toString('hex'), before)
    const hashes = [null, 1, Number.POSITIVE_INFINITY].map((multiplier) =>
      contentOf({ ...run, conditions: { multiplier, host: 'a', concurrency: null } }).toString('hex'),
    )
    assert.equal(new Set([before, ...hashes]).size, 4)
  })

  it('keeps what is not known apart from 0', async () => {
    const store = newStore()
    const unknown = {
      input: null,
      cacheRead: null,
      cacheWrite5m: 0,
      cacheWrite1h: null,
      output: null,
      reasoning: 0,
    }
    await importRuns(store, [madeRun('a', [], { usage: unknown, calls: null, incomplete: true })])
    const [run] = [...readRuns(store, ALL_RUNS)]
    assert.deepEqual([run?.usage, run?.calls, run?.incomplete], [unknown, null, true])
    store.close()
  })
})

describe('the runs of a store', () => {
  it('are found by what they are of', async () => {
    const store = newStore()
    const at = (day: number) => `2026-11-0${day}T00:00:00.000Z`
    await importRuns(store, [
      madeRun('a', [], { startedAt: at(1), outcome: 'resolved', model: 'openai/gpt-5' }),
      madeRun('b', [], {
        startedAt: at(2),
        agent: 'other',
        task: { id: 't', benchmark: 'bench', repository: null },
      }),
      madeRun('c', [], { startedAt: null, task: { id: null, benchmark: null, repository: null } }),
    ])
    const keys = (filter: object) =>
      [...readRuns(store, { ...ALL_RUNS, ...filter })]
        .map(({ key }) => key)
        .sort()
        .join('')
    assert.equal(keys({}), 'abc')
    assert.equal(keys({ agent: 'my-*' }), 'ac')
    assert.equal(keys({ model: '*gpt-5' }), 'abc')
    assert.equal(keys({ model: 'openai/*' }), 'a')
    assert.equal(keys({ benchmark: 'b*' }), 'b')
    assert.equal(keys({ repository: 'example/*' }), 'a')
    assert.equal(keys({ outcome: 'resolved' }), 'a')
    assert.equal(keys({ from: at(2) }), 'b')
    assert.equal(keys({ before: at(2) }), 'a')
    assert.equal(keys({ format: 'nothing' }), '')
    store.close()
  })
})
