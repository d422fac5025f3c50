import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { exchangeRow } from '../../../src/gateway/records/exchange-row.ts'
import type { JournalEntry } from '../../../src/gateway/records/journal-entry.ts'
import { recordKeeper } from '../../../src/gateway/records/keep-records.ts'
import { readPriceBook } from '../../../src/pricing/read-price-book.ts'
import { exchangeReader } from '../../../src/store/exchange-table.ts'
import { gatewayRunId } from '../../../src/store/gateway-runs.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { runTable } from '../../../src/store/run-table.ts'
import type { Run } from '../../../src/trajectory/run.ts'
import {
  begunExchange,
  closed,
  endedExchange,
  exchanged,
  opened,
  usesTool,
  wireCall,
} from '../../fixtures/gateway/entries.ts'
import { AT_MS } from '../../fixtures/runs.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const book = await readPriceBook({ file: null, cwd: '.' })

/** The run as the store keeps it, told in batches with a save behind each; abandoned = its gateway was killed then. */
function kept(batches: readonly (readonly JournalEntry[])[], abandoned = false): Run | null {
  const file = join(temporaryFolder(), 'store.db')
  const keeper = recordKeeper(file, 'journal', { book, atMs: AT_MS })
  for (const batch of batches) {
    for (const entry of batch) keeper.note(entry)
    keeper.save()
  }
  if (abandoned) keeper.abandon()
  keeper.save()
  keeper.close()
  const store = openStore(file, { create: false })
  const table = runTable(store)
  const found = table.find(gatewayRunId('a'))
  const run = found === undefined ? null : table.load(found.row).run
  store.close()
  return run
}

/** The same run, told at once, and each entry with a save behind it: never another. */
function keptEitherWay(entries: readonly JournalEntry[], abandoned = false): Run {
  const run = kept([entries], abandoned)
  const piecewise = kept(
    entries.map((entry) => [entry]),
    abandoned,
  )
  assert.deepEqual(piecewise, run)
  if (run === null) throw new Error('there is no run')
  return run
}

describe('the record of a run', () => {
  it('is the run with its calls, and how it ended', () => {
    const run = keptEitherWay([
      opened('a'),
      ...exchanged(endedExchange('a', '1')),
      ...exchanged(endedExchange('a', '2')),
      closed('a'),
    ])
    assert.deepEqual(
      [run.calls, run.steps, run.usage.input, run.usage.output, run.outcome, run.wallSeconds, run.quality],
      [2, 2, 20, 10, 'resolved', 9, 'provider'],
    )
    assert.deepEqual(
      run.perCall.map(({ id }) => id),
      ['wire-1', 'wire-2'],
    )
    assert.equal(run.incomplete, false)
  })

  it('without a call has used nothing, which is known', () => {
    const list = endedExchange('a', '1', { kind: 'list', calls: [] })
    const run = keptEitherWay([opened('a'), ...exchanged(list), closed('a')])
    assert.deepEqual([run.calls, run.usage.input, run.usage.output, run.incomplete], [0, 0, 0, false])
    assert.deepEqual([run.outcome, run.wallSeconds], ['resolved', 9])
  })

  it('is none where nothing was asked for', () => {
    assert.equal(kept([[opened('a'), closed('a')]]), null)
    assert.equal(kept([[opened('a')], []], true), null)
  })

  it('counts an exchange once whose end comes twice, or that is told again as begun', () => {
    const lines = exchanged(endedExchange('a', '1'))
    const run = keptEitherWay([opened('a'), ...lines, ...lines, opened('a')], true)
    assert.deepEqual([run.calls, run.usage.output], [1, 5])
  })

  it('keeps two replies apart that have the same id, or none', () => {
    const ids = ['x', 'x', null, null]
    const entries = ids.flatMap((id, i) =>
      exchanged(endedExchange('a', String(i), { calls: [wireCall(id)] })),
    )
    const run = keptEitherWay([opened('a'), ...entries])
    assert.deepEqual(
      run.perCall.map(({ id }) => id),
      ['x', '1#1', '2#1', '3#1'],
    )
    assert.equal(run.usage.output, 20)
  })

  it('does not know a class that no call tells, and knows one that some do', () => {
    const silent = { ...wireCall('1'), usage: { ...wireCall('1').usage, cacheRead: null } }
    const usageOf = (...calls: readonly ReturnType<typeof wireCall>[]) =>
      keptEitherWay([
        opened('a'),
        ...calls.flatMap((call, i) => exchanged(endedExchange('a', String(i), { calls: [call] }))),
      ]).usage
    assert.equal(usageOf(silent).cacheRead, null)
    const told = { ...wireCall('2'), usage: { ...wireCall('2').usage, cacheRead: 7 } }
    assert.deepEqual([usageOf(silent, told).cacheRead, usageOf(told, silent).cacheRead], [7, 7])
  })

  it('tells of each use of a tool which call asked for it, and what came back', () => {
    const asks = endedExchange('a', '1', {
      calls: [wireCall(null)],
      reply: { stopReason: 'tool_use', actions: [usesTool('u1'), usesTool('u2')] },
    })
    const answers = endedExchange('a', '2', {
      request: { ...asks.request, toolResults: [{ id: 'u1', chars: 42 }] },
    })
    const { actions } = keptEitherWay([opened('a'), ...exchanged(asks), ...exchanged(answers)])
    assert.deepEqual(
      actions.map(({ id, call, kind, target, returnedChars }) => [id, call, kind, target, returnedChars]),
      [
        ['u1', '1#1', 'view', 'a.py', 42],
        ['u2', '1#1', 'view', 'a.py', null],
      ],
    )
  })

  it('of a gateway that is gone has its open calls as incomplete, and only those that are billed', () => {
    const run = keptEitherWay(
      [
        opened('a'),
        ...exchanged(endedExchange('a', '1')),
        { say: 'begun', exchange: begunExchange('a', '2') },
        { say: 'begun', exchange: begunExchange('a', '3', { kind: 'count' }) },
      ],
      true,
    )
    assert.deepEqual(
      [run.calls, run.incomplete, run.usage.output, run.perCall[1]?.incomplete],
      [2, true, 5, true],
    )
  })

  it('has its exchanges beside it, as the gateway saw them', () => {
    const file = join(temporaryFolder(), 'store.db')
    const keeper = recordKeeper(file, 'journal', { book, atMs: AT_MS })
    const first = endedExchange('a', '1', { reply: { stopReason: 'stop', actions: [usesTool('u')] } })
    const second = endedExchange('a', '2', { ending: 'refused', status: 429, calls: [], retry: 1 })
    for (const entry of [opened('a'), ...exchanged(first), ...exchanged(second)]) keeper.note(entry)
    keeper.save()
    keeper.close()
    const store = openStore(file, { create: false })
    const read = exchangeReader(store)
    assert.deepEqual(read(gatewayRunId('a')), [exchangeRow(first), exchangeRow(second)])
    assert.deepEqual(read('no such run'), [])
    store.close()
  })

  it('takes no notice of exchanges whose run was never told', () => {
    assert.equal(kept([exchanged(endedExchange('a', '1'))]), null)
  })
})
