import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JournalEntry } from '../../../src/gateway/journal-entry.ts'
import { abandon, note, type RunRecord, runFrom } from '../../../src/gateway/run-record.ts'
import { gatewayRunId } from '../../../src/store/gateway-runs.ts'
import {
  begunExchange,
  closed,
  endedExchange,
  exchanged,
  opened,
  usesTool,
  wireCall,
} from '../../fixtures/gateway/entries.ts'

const ID = gatewayRunId('a')

function recordOf(entries: readonly JournalEntry[]): RunRecord {
  const runs = new Map<string, RunRecord>()
  for (const entry of entries) note(runs, entry)
  const record = runs.get(ID)
  if (record === undefined) throw new Error('there is no run')
  return record
}

describe('the record of a run', () => {
  it('is the run with its calls, and how it ended', () => {
    const run = runFrom(
      recordOf([
        opened('a'),
        ...exchanged(endedExchange('a', '1')),
        ...exchanged(endedExchange('a', '2')),
        closed('a'),
      ]),
    )
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
    const run = runFrom(recordOf([opened('a'), closed('a')]))
    assert.deepEqual([run.calls, run.usage.input, run.usage.output, run.incomplete], [0, 0, 0, false])
  })

  it('counts an exchange once whose end comes twice, or that is told again as begun', () => {
    const lines = exchanged(endedExchange('a', '1'))
    const run = recordOf([opened('a'), ...lines, ...lines, opened('a')])
    abandon(run)
    assert.equal(runFrom(run).calls, 1)
  })

  it('keeps two replies apart that have the same id, or none', () => {
    const ids = ['x', 'x', null, null]
    const entries = ids.flatMap((id, i) =>
      exchanged(endedExchange('a', String(i), { calls: [wireCall(id)] })),
    )
    const run = runFrom(recordOf([opened('a'), ...entries]))
    assert.deepEqual(
      run.perCall.map(({ id }) => id),
      ['x', '1#1', '2#1', '3#1'],
    )
    assert.equal(run.usage.output, 20)
  })

  it('tells of each use of a tool which call asked for it, and what came back', () => {
    const asks = endedExchange('a', '1', {
      calls: [wireCall(null)],
      reply: { stopReason: 'tool_use', actions: [usesTool('u1'), usesTool('u2')] },
    })
    const answers = endedExchange('a', '2', {
      request: { ...asks.request, toolResults: [{ id: 'u1', chars: 42 }] },
    })
    const { actions } = runFrom(recordOf([opened('a'), ...exchanged(asks), ...exchanged(answers)]))
    assert.deepEqual(
      actions.map(({ id, call, kind, target, returnedChars }) => [id, call, kind, target, returnedChars]),
      [
        ['u1', '1#1', 'view', 'a.py', 42],
        ['u2', '1#1', 'view', 'a.py', null],
      ],
    )
  })

  it('of a gateway that is gone has its open calls as incomplete, and only those that are billed', () => {
    const record = recordOf([
      opened('a'),
      ...exchanged(endedExchange('a', '1')),
      { say: 'begun', exchange: begunExchange('a', '2') },
      { say: 'begun', exchange: begunExchange('a', '3', { kind: 'count' }) },
    ])
    abandon(record)
    const run = runFrom(record)
    assert.deepEqual(
      record.ended.map(({ ending, calls }) => [ending, calls.length]),
      [
        ['ok', 1],
        ['unfinished', 1],
        ['unfinished', 0],
      ],
    )
    assert.deepEqual(
      [run.calls, run.incomplete, run.usage.output, run.perCall[1]?.incomplete],
      [2, true, 5, true],
    )
  })

  it('takes no notice of exchanges whose run was never told', () => {
    const runs = new Map<string, RunRecord>()
    for (const entry of exchanged(endedExchange('b', '1'))) note(runs, entry)
    assert.equal(runs.size, 0)
  })
})
