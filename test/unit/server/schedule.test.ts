import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ScheduleOptions, schedule } from '../../../src/server/learning/schedule.ts'
import type { Write } from '../../../src/server/writer/writes.ts'
import type { Job } from '../../../src/store/jobs.ts'

const START = Date.parse('2026-11-20T00:00:00Z')
const HOUR = 3_600_000

/** A service in which trainings are only written down. */
function setUp(more: Partial<ScheduleOptions> = {}) {
  const state = { nowMs: START, runs: 0, jobs: [] as Job[], running: 0, writing: Promise.resolve() }
  const own = schedule({
    pace: { everyRuns: 50, atMostEveryHours: 24 },
    isAutomatic: true,
    jobs: { page: (_kind, _before, most) => ({ jobs: state.jobs.toReversed().slice(0, most), next: null }) },
    newRuns: { last: () => state.runs, since: (row) => state.runs - row },
    writer: {
      write: async ({ job }: Write) => {
        await state.writing
        if (job === undefined) assert.fail('a job is written')
        const open = { state: 'queued', startedAt: null, endedAt: null, answer: null, failure: null } as const
        state.jobs.push({ ...job, ...open })
      },
    },
    trainings: { take: () => void state.running++, waiting: () => 0, running: () => state.running },
    nowMs: () => state.nowMs,
    ...more,
  })
  const end = (as: Job['state'] = 'done'): void => {
    const last = state.jobs.pop()
    if (last === undefined) assert.fail('a training has begun')
    state.jobs.push({ ...last, state: as, endedAt: new Date(state.nowMs).toISOString() })
    state.running--
  }
  return { state, end, look: own.look, facts: own.facts }
}

describe('the schedule', () => {
  it('starts a training when there are enough new runs, and the next when there are as many more', async () => {
    const { state, look, end } = setUp()
    state.runs = 49
    assert.equal(await look(), null)
    state.runs = 50
    const id = await look()
    assert.equal(id, state.jobs[0]?.id)
    assert.deepEqual(state.jobs[0]?.asked, { from: 'store', upTo: 50 })
    assert.equal(state.jobs[0]?.actor, 'schedule')
    end()
    state.nowMs += 25 * HOUR
    state.runs = 99
    assert.equal(await look(), null)
    state.runs = 100
    assert.notEqual(await look(), null)
  })

  it('never starts two at once, also when it looks while the first is being written down', async () => {
    const { state, look } = setUp()
    state.runs = 60
    const writing = Promise.withResolvers<void>()
    state.writing = writing.promise
    const looks = [look(), look()]
    writing.resolve()
    assert.equal((await Promise.all(looks)).filter((id) => id !== null).length, 1)
    assert.equal(await look(), null)
    assert.equal(state.jobs.length, 1)
  })

  it('keeps its pace, however many runs come', async () => {
    const { state, look, end } = setUp()
    state.runs = 60
    await look()
    end()
    state.runs = 5000
    state.nowMs += 23 * HOUR
    assert.equal(await look(), null)
    state.nowMs += HOUR
    assert.notEqual(await look(), null)
  })

  it('tries again after a failure, with the same runs, and only after a while', async () => {
    const { state, look, end } = setUp()
    state.runs = 50
    await look()
    end('failed')
    assert.equal(await look(), null)
    state.nowMs += HOUR / 4
    assert.notEqual(await look(), null)
  })

  it('only counts where it is not to learn by itself', async () => {
    const { state, look, facts } = setUp({ isAutomatic: false })
    state.runs = 5000
    assert.equal(await look(), null)
    assert.deepEqual(facts(), { lastTrainingMs: null, newRuns: 5000 })
  })

  it('tells when a training last ended, and how many runs none has seen', async () => {
    const { state, look, end, facts } = setUp()
    state.runs = 80
    await look()
    end()
    state.runs = 90
    await look()
    assert.deepEqual(facts(), { lastTrainingMs: START, newRuns: 10 })
  })
})
