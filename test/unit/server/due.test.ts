import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { learntUpTo, notBeforeMs, trainingsFromStore } from '../../../src/server/learning/due.ts'
import type { Job, JobState } from '../../../src/store/jobs.ts'

const HOUR = 3_600_000
const START = Date.parse('2026-11-20T00:00:00Z')
const at = (ms: number): string => new Date(START + ms).toISOString()

const training = (state: JobState, createdMs: number, endedMs: number, more: object = {}): Job => ({
  ...{ id: `trn_${createdMs}`, kind: 'training', actor: 'schedule', state, answer: null, failure: null },
  asked: { from: 'store', upTo: 70, ...more },
  ...{ createdAt: at(createdMs), startedAt: at(createdMs), endedAt: at(endedMs) },
})

/** How long after the start the next one may begin, after these trainings, the newest first. */
const waits = (past: readonly Job[], atMostEveryHours = 24): number =>
  notBeforeMs(past, { everyRuns: 50, atMostEveryHours }) - START

describe('a training', () => {
  it('may begin at once where there was none, and else so long after the last one began', () => {
    assert.equal(notBeforeMs([], { everyRuns: 50, atMostEveryHours: 24 }), 0)
    assert.equal(waits([training('done', 0, HOUR)]), 24 * HOUR)
    assert.equal(waits([training('done', 0, HOUR)], 0), 0)
  })

  it('is tried again after a quarter of an hour when one failed, and four times as long each time that follows', () => {
    const done = training('done', -48 * HOUR, -47 * HOUR)
    const failed = (count: number) => [...Array(count).fill(training('failed', 0, 0)), done]
    assert.deepEqual(
      [1, 2, 3, 4, 5, 50].map((count) => waits(failed(count)) / HOUR),
      [0.25, 1, 4, 16, 24, 24],
    )
  })

  it('is tried again at once when the service ended, and later when that happens again', () => {
    assert.equal(waits([training('interrupted', 0, HOUR)]), HOUR)
    const twice = [training('interrupted', 0, HOUR), training('interrupted', 0, HOUR)]
    assert.equal(waits(twice), 1.25 * HOUR)
  })

  it('never comes before its pace, whatever failed', () => {
    const states = fc.array(fc.constantFrom<JobState>('failed', 'interrupted', 'cancelled'), { maxLength: 6 })
    fc.assert(
      fc.property(states, fc.integer({ min: 0, max: 100 }), (later, hours) => {
        const past = [...later.map((state) => training(state, HOUR, 2 * HOUR)), training('done', 0, HOUR)]
        assert.ok(waits(past, hours) >= hours * HOUR)
      }),
    )
  })

  it('counts the runs since the last that was done, and not those of one that failed', () => {
    const past = [training('failed', 2, 3, { upTo: 90 }), training('done', 0, 1, { upTo: 40 })]
    assert.equal(learntUpTo(past), 40)
    assert.equal(learntUpTo([training('failed', 0, 1)]), 0)
    assert.equal(learntUpTo([training('done', 0, 1, { upTo: undefined })]), 0)
  })

  it('from the tables learns nothing from runs', () => {
    const tables = { ...training('done', 0, 1), asked: { from: 'tables', id: 'a' } }
    const old = { ...training('done', 0, 1), asked: { id: 'a', seed: 1 } }
    assert.deepEqual(trainingsFromStore([tables, old]), [])
  })
})
