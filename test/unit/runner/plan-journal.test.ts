import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../../src/errors.ts'
import {
  beginJournal,
  continueJournal,
  isRun,
  type PlanStart,
  readPlanState,
  unfinishedPlans,
} from '../../../src/runner/plan-journal.ts'
import { madeRecord } from '../../fixtures/attempts.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const start = (id: string, startedAt = '2026-11-20T12:00:00.000Z'): PlanStart => ({
  ...{ schema: 'plan-run/1', id, startedAt, path: '/plan.yaml', cwd: '/', options: { seed: 1 } },
  planned: ['a · x · m'],
})

const begun = {
  ...{ id: 'ft-1', planned: 'a · x · m', place: 1, run: 'r', startedAt: '2026-11-20T12:00:00.000Z' },
  concurrency: 1,
}

describe('the journal of a plan', () => {
  it('tells what it was told, in order', async () => {
    const folder = temporaryFolder()
    const journal = await beginJournal(folder, start('p'))
    const record = madeRecord('a · x · m')
    journal.append({ say: 'begun', ...begun })
    journal.append({ say: 'ended', record })
    assert.deepEqual(
      unfinishedPlans(folder).map((state) => state.start.id),
      ['p'],
    )
    journal.append({ say: 'done' })
    journal.close()
    journal.close()
    const state = readPlanState(folder, 'p')
    assert.deepEqual(state?.start, start('p'))
    assert.deepEqual(state?.ended, [record])
    assert.deepEqual(
      state?.begun.map(({ id }) => id),
      ['ft-1'],
    )
    assert.ok(state?.isDone)
    assert.deepEqual(unfinishedPlans(folder), [])
  })

  it('leaves out a line that was not written to its end, and writes on behind the last whole one', async () => {
    const folder = temporaryFolder()
    const journal = await beginJournal(folder, start('p'))
    journal.close()
    const file = join(folder, 'p.jsonl')
    appendFileSync(file, '{"say":"begun","id":"ft-')
    assert.deepEqual(readPlanState(folder, 'p')?.begun, [])
    const next = await continueJournal(folder, 'p')
    next.append({ say: 'begun', ...begun })
    next.close()
    assert.equal(readPlanState(folder, 'p')?.begun.length, 1)
    assert.doesNotMatch(readFileSync(file, 'utf8'), /"ft-\{/)
  })

  it('is of one process as long as that lives, and of none that is gone', async () => {
    const folder = temporaryFolder()
    const journal = await beginJournal(folder, start('p'))
    assert.ok(await isRun(folder, 'p'))
    await assert.rejects(
      continueJournal(folder, 'p'),
      (error) =>
        error instanceof KnownError &&
        error.code === 'plan-busy' &&
        error.detail.includes(String(process.pid)),
    )
    journal.close()
    assert.ok(!(await isRun(folder, 'p')))
    const lock = JSON.stringify({ pid: process.pid, startTicks: 1, pidNamespace: await namespace() })
    writeFileSync(join(folder, 'p.lock'), lock)
    const next = await continueJournal(folder, 'p')
    next.close()
  })

  it('that was never begun is none; of several the newest comes first', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'torn.jsonl'), '{"say":"pl')
    for (const [id, at] of [
      ['old', '2026-01-01T00:00:00.000Z'],
      ['new', '2026-02-01T00:00:00.000Z'],
    ] as const)
      (await beginJournal(folder, start(id, at))).close()
    assert.equal(readPlanState(folder, 'torn'), null)
    assert.deepEqual(
      unfinishedPlans(folder).map((state) => state.start.id),
      ['new', 'old'],
    )
    assert.deepEqual(unfinishedPlans(join(folder, 'nowhere')), [])
  })
})

async function namespace(): Promise<string> {
  const { thisOwner } = await import('../../../src/sandbox/local/owner.ts')
  return (await thisOwner()).pidNamespace
}
