import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { appendSafely } from '../../../src/gateway/records/append-safely.ts'
import { openJournal } from '../../../src/gateway/records/journal.ts'
import type { JournalEntry } from '../../../src/gateway/records/journal-entry.ts'
import { openRecorder, type Recorder } from '../../../src/gateway/records/recorder.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { ALL_RUNS, readRuns } from '../../../src/store/read-runs.ts'
import {
  AT,
  begunExchange,
  closed,
  endedExchange,
  exchanged,
  opened,
  runMeta,
  usesTool,
  wireCall,
} from '../../fixtures/gateway/entries.ts'
import { AT_MS, formatCalled, importRuns, madeCall, madeRun } from '../../fixtures/runs.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

/** A place for a store and its journals. */
function place() {
  const folder = temporaryFolder()
  const told: string[] = []
  const database = join(folder, 'store.db')
  const journals = join(folder, 'gateway')
  const open = (): Promise<Recorder> =>
    openRecorder({
      database,
      journals,
      prices: { file: null, cwd: folder },
      nowMs: AT_MS,
      onTrouble: (message) => told.push(message),
    })
  /** Leaves a journal as a killed gateway does; of a process that is no more, since none has this number. */
  const leave = (entries: readonly JournalEntry[], name = `${HOST}-4194305-1-1.jsonl`): void => {
    const journal = openJournal(join(journals, name))
    for (const entry of entries) journal.append(entry)
    journal.close()
  }
  const store = () => openStore(database, { create: true })
  return { folder, told, database, journals, open, leave, store }
}

const HOST = hostname().replace(/[^\w.-]/g, '_')

/** Keys of the runs that count, with their calls and output tokens. */
function contents({ store }: ReturnType<typeof place>) {
  const opened = store()
  const runs = [...readRuns(opened, ALL_RUNS)].map(({ key, calls, usage, source }) => [
    key,
    calls,
    usage.output,
    source.format,
  ])
  opened.close()
  return runs
}

function exchangesIn({ store }: ReturnType<typeof place>) {
  const opened = store()
  const rows = opened.database.prepare('SELECT id, ending FROM exchanges ORDER BY id').raw().all()
  opened.close()
  return rows
}

const two = [opened('a'), ...exchanged(endedExchange('a', '1')), ...exchanged(endedExchange('a', '2'))]

/** Turns of the loop until something is so: the other thread tells when it is done. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((done) => setImmediate(done))
}

describe('a recorder', () => {
  it('keeps what it is told, once, and leaves no journal', async () => {
    const here = place()
    const recorder = await here.open()
    for (const entry of [...two, closed('a')]) recorder.record(entry)
    assert.equal(readdirSync(here.journals).length, 1)
    await recorder.close()
    assert.deepEqual(contents(here), [['a', 2, 10, 'gateway']])
    assert.deepEqual(exchangesIn(here), [
      ['1', 'ok'],
      ['2', 'ok'],
    ])
    assert.deepEqual([readdirSync(here.journals), here.told], [[], []])
  })

  it('keeps a run while it goes on, and what comes later beside it', async () => {
    const here = place()
    const recorder = await here.open()
    const uses = endedExchange('a', '1', { reply: { stopReason: null, actions: [usesTool('u')] } })
    for (const entry of [opened('a'), ...exchanged(uses)]) recorder.record(entry)
    const store = here.store()
    const returned = store.database.prepare('SELECT returned_chars FROM actions').pluck()
    await until(() => returned.all().length === 1)
    const request = { ...uses.request, toolResults: [{ id: 'u', chars: 42 }] }
    for (const entry of exchanged(endedExchange('a', '2', { request }))) recorder.record(entry)
    recorder.record(closed('a'))
    await recorder.close()
    assert.deepEqual(returned.all(), [42])
    store.close()
    assert.deepEqual(contents(here), [['a', 2, 10, 'gateway']])
  })

  it('takes over what a killed gateway left: what had ended, and what was open as unfinished', async () => {
    const here = place()
    here.leave([...two, { say: 'begun', exchange: begunExchange('a', '3') }])
    await (await here.open()).close()
    assert.deepEqual(contents(here), [['a', 3, 10, 'gateway']])
    assert.deepEqual(exchangesIn(here).at(-1), ['3', 'unfinished'])
    assert.deepEqual(readdirSync(here.journals), [])
  })

  it('takes over once what the store has a part of, however often', async () => {
    const here = place()
    const same = endedExchange('a', '3', { calls: [wireCall('wire-1')] })
    const lines = [...two, ...exchanged(same)]
    for (const upTo of [3, lines.length, lines.length]) {
      here.leave(lines.slice(0, upTo))
      await (await here.open()).close()
    }
    assert.deepEqual(contents(here), [['a', 3, 15, 'gateway']])
  })

  it('is one of two that take the same journal over at once, and neither fails', async () => {
    const here = place()
    here.leave(two)
    const both = await Promise.all([here.open(), here.open()])
    for (const recorder of both) await recorder.close()
    assert.deepEqual(contents(here), [['a', 2, 10, 'gateway']])
    assert.deepEqual([readdirSync(here.journals), here.told], [[], []])
  })

  it('leaves alone the journals of gateways that live, here and elsewhere, and a damaged one', async () => {
    const here = place()
    const first = await here.open()
    first.record(opened('a'))
    first.record({ say: 'begun', exchange: begunExchange('a', '1') })
    here.leave([opened('b')], `${HOST}-1-1-1.jsonl`)
    here.leave([opened('c')], 'another_host-4194305-1-1.jsonl')
    writeFileSync(join(here.journals, `${HOST}-4194305-2-1.jsonl`), 'no json\n')
    await (await here.open()).close()
    first.record({ say: 'ended', exchange: endedExchange('a', '1') })
    await first.close()
    assert.deepEqual(contents(here), [['a', 1, 5, 'gateway']])
    assert.deepEqual(exchangesIn(here), [['1', 'ok']])
    assert.equal(readdirSync(here.journals).length, 3)
    assert.match(here.told.join(), /4194305-2-1\.jsonl is damaged and was left/)
  })

  it('knows a writer by when it started: ids of processes are given again', async () => {
    const here = place()
    const start = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? ''
    here.leave(two, `${HOST}-${process.ppid}.1-1-1.jsonl`)
    here.leave([opened('b')], `${HOST}-${process.ppid}.${start}-1-1.jsonl`)
    await (await here.open()).close()
    assert.deepEqual(readdirSync(here.journals), [`${HOST}-${process.ppid}.${start}-1-1.jsonl`])
    assert.deepEqual(
      contents(here).map(([key]) => key),
      ['a'],
    )
  })

  it('keeps an attempt that asked for nothing, with its conditions; other runs without a call are none', async () => {
    const here = place()
    const recorder = await here.open()
    const meta = { isAttempt: true, model: 'gpt-5', multiplier: 'uncapped', concurrency: 3 } as const
    recorder.record({ say: 'opened', at: AT, run: runMeta('a', meta) })
    recorder.record({ ...closed('a'), outcome: 'infra-error' } as JournalEntry)
    recorder.record(opened('b'))
    recorder.record(closed('b'))
    await recorder.close()
    const store = here.store()
    const runs = [...readRuns(store, ALL_RUNS)]
    store.close()
    assert.deepEqual(
      runs.map(({ key, model, calls, outcome, conditions }) => ({ key, model, calls, outcome, conditions })),
      [
        {
          ...{ key: 'a', model: 'gpt-5', calls: 0, outcome: 'infra-error' },
          conditions: { multiplier: Number.POSITIVE_INFINITY, host: 'here', concurrency: 3 },
        },
      ],
    )
  })

  it('waits for a store that another connection holds, and loses nothing', async () => {
    const here = place()
    const recorder = await here.open()
    const store = here.store()
    store.database.exec('BEGIN IMMEDIATE')
    for (const entry of two) recorder.record(entry)
    let isClosed = false
    const closing = recorder.close().then(() => {
      isClosed = true
    })
    // The other thread has what it needs by now, and waits.
    for (let turns = 0; turns < 100; turns++) await new Promise((done) => setImmediate(done))
    assert.equal(isClosed, false)
    store.database.exec('COMMIT')
    await closing
    assert.deepEqual(contents(here), [['a', 2, 10, 'gateway']])
    assert.deepEqual(here.told, [])
    store.close()
  })

  it('tells once of a store that cannot be written, and once when it can again, and loses nothing', async () => {
    const here = place()
    const recorder = await here.open()
    const store = here.store()
    store.database.exec(FULL)
    for (const entry of two) recorder.record(entry)
    await until(() => here.told.length === 1)
    store.database.exec('DROP TRIGGER is_full')
    await until(() => here.told.length === 2)
    await recorder.close()
    assert.match(here.told[0] ?? '', /the disk is full.*; tried again$/)
    assert.deepEqual(here.told.slice(1), ['the store can be written again'])
    assert.deepEqual(contents(here), [['a', 2, 10, 'gateway']])
    store.close()
  })

  it('keeps its journal for the next one where the store cannot be written to the end', async () => {
    const here = place()
    const recorder = await here.open()
    const store = here.store()
    store.database.exec(FULL)
    for (const entry of two) recorder.record(entry)
    await assert.rejects(recorder.close(), { code: 'store-failed' })
    assert.equal(readdirSync(here.journals).length, 1)
    store.database.exec('DROP TRIGGER is_full')
    store.close()
    await (await here.open()).close()
    assert.deepEqual(contents(here), [['a', 2, 10, 'gateway']])
    assert.deepEqual(readdirSync(here.journals), [])
  })

  it('whose thread has a bug tells of it, ends nothing, and keeps its journal', async () => {
    const here = place()
    const recorder = await here.open()
    for (const entry of two) recorder.record(entry)
    recorder.record(JSON.parse('{"say":"opened"}'))
    await until(() => here.told.length === 1)
    assert.match(here.told[0] ?? '', /^nothing more is written to the store: TypeError/)
    recorder.record(closed('a'))
    await assert.rejects(recorder.close(), TypeError)
    assert.equal(readdirSync(here.journals).length, 1)
  })

  it('does not start where its journal cannot be made', async () => {
    const here = place()
    writeFileSync(here.journals, 'a file in the place of the folder')
    await assert.rejects(here.open(), { code: 'store-failed' })
  })
})

const FULL = `CREATE TRIGGER is_full BEFORE INSERT ON runs BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`

describe('a journal that cannot be written', () => {
  it('ends nothing, and is told of once, and once when it can be written again', () => {
    const told: string[] = []
    let isFull = false
    const append = appendSafely(
      {
        file: 'a.jsonl',
        append() {
          if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' })
        },
      },
      (message) => told.push(message),
    )
    for (const full of [false, true, true, true, false, false]) {
      isFull = full
      append(opened('a'))
    }
    assert.equal(told.length, 2)
    assert.match(told[0] ?? '', /a\.jsonl \(ENOSPC\); until it can be written, a kill loses records$/)
    assert.equal(told[1], 'the journal can be written again')
  })

  it('for a reason that nobody expects is a bug, and is thrown', () => {
    const fails = () => {
      throw new TypeError('a bug')
    }
    assert.throws(() => appendSafely({ file: 'a', append: fails }, () => {})(opened('a')), /a bug/)
  })
})

describe('calls that a client’s log tells too', () => {
  for (const isFirst of [true, false]) {
    it(`are counted once, as the gateway saw them, where the log comes ${isFirst ? 'first' : 'later'}`, async () => {
      const here = place()
      const log = async () => {
        const store = here.store()
        const copied = ['wire-1', 'wire-2'].map((id, i) => madeCall(i, { id }))
        await importRuns(store, [madeRun('log', copied)], formatCalled('claude-code'))
        store.close()
      }
      if (isFirst) await log()
      const recorder = await here.open()
      for (const entry of [...two, closed('a')]) recorder.record(entry)
      await recorder.close()
      if (!isFirst) await log()
      assert.deepEqual(contents(here), [['a', 2, 10, 'gateway']])
    })
  }
})
