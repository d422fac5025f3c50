import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AttemptRecord } from '../../../src/runner/attempt/attempt-record.ts'
import {
  type Hands,
  isAdmitted,
  runSchedule,
  type Schedule,
  type Turn,
} from '../../../src/runner/schedule.ts'
import { MACHINE, madeRecord, madeRuns, madeTask } from '../../fixtures/attempts.ts'

const GIB = 2 ** 30

const turnsOf = (count: number, more: Partial<Turn> = {}): readonly Turn[] =>
  madeRuns({ repeats: count, tasks: [madeTask('a')] }).map((planned) => ({
    ...{ planned, place: 1, failures: 0, notBeforeMs: 0 },
    ...more,
  }))

/** A world in which each attempt takes a second of a clock that jumps, and ends as it is told. */
function world(endsAs: (turn: Turn, started: number) => Partial<AttemptRecord> = () => ({})) {
  const started: { readonly key: string; readonly place: number; readonly atMs: number }[] = []
  const sleeping: { readonly atMs: number; readonly wake: () => void }[] = []
  const ended: (readonly [string, boolean])[] = []
  let [nowMs, running, most] = [0, 0, 0]
  const stop = new AbortController()
  const wait = (ms: number): Promise<void> =>
    new Promise((wake) => {
      sleeping.push({ atMs: nowMs + ms, wake })
      setImmediate(tick)
    })
  function tick(): void {
    const [next] = sleeping.sort((a, b) => a.atMs - b.atMs).splice(0, 1)
    if (next === undefined) return
    nowMs = Math.max(nowMs, next.atMs)
    next.wake()
  }
  const hands: Hands = {
    async attempt(turn) {
      started.push({ key: turn.planned.key, place: turn.place, atMs: nowMs })
      most = Math.max(most, ++running)
      const record = madeRecord(turn.planned.key, { place: turn.place, ...endsAs(turn, started.length) })
      await wait(1000)
      running--
      return record
    },
    ended: ({ outcome }, retried) => void ended.push([outcome, retried]),
    held: () => null,
    stop: stop.signal,
    nowMs: () => nowMs,
    wait,
  }
  return { hands, started, ended, stop, most: () => most }
}

const schedule = (turns: readonly Turn[], more: Partial<Schedule> = {}): Schedule => ({
  ...{ turns, machine: MACHINE, concurrency: null, retries: 2 },
  ...more,
})

describe('a schedule', () => {
  it('lets in what fits beside the floors that run, and no more than may run at once', () => {
    const floor = { cpus: 1.5, memoryBytes: GIB }
    const all = { machine: MACHINE, concurrency: null }
    assert.ok(isAdmitted(floor, [floor], all))
    assert.ok(!isAdmitted(floor, [floor, floor], all))
    assert.ok(!isAdmitted({ cpus: 0.1, memoryBytes: 8 * GIB }, [floor], all))
    assert.ok(!isAdmitted({ cpus: 0.1, memoryBytes: 1 }, [floor], { ...all, concurrency: 1 }))
    assert.ok(isAdmitted({ cpus: 99, memoryBytes: 99 * GIB }, [floor], { ...all, machine: null }))
  })

  it('runs every turn once, in its order, as many at once as fit', async () => {
    const { hands, started, most } = world()
    const turns = turnsOf(10)
    assert.equal(await runSchedule(schedule(turns), hands), null)
    assert.deepEqual(
      started.map(({ key }) => key),
      turns.map(({ planned }) => planned.key),
    )
    assert.equal(most(), MACHINE.cpus)
    const one = world()
    await runSchedule(schedule(turnsOf(4), { concurrency: 1 }), one.hands)
    assert.equal(one.most(), 1)
  })

  it('tries again what the infrastructure ended, behind all others, and only so often', async () => {
    const { hands, started, ended } = world(({ planned }) =>
      planned.repeat === 1 ? { outcome: 'infra-error' } : { outcome: 'failed' },
    )
    const turns = turnsOf(3)
    const key = turns.find(({ planned }) => planned.repeat === 1)?.planned.key
    assert.equal(await runSchedule(schedule(turns, { concurrency: 1, retries: 2 }), hands), null)
    assert.deepEqual(
      started.slice(3).map((start) => [start.key, start.place]),
      [
        [key, 2],
        [key, 3],
      ],
    )
    assert.deepEqual(
      ended.filter(([outcome]) => outcome === 'infra-error').map(([, retried]) => retried),
      [true, true, false],
    )
  })

  it('starts nothing before its time', async () => {
    const { hands, started } = world()
    const turns = turnsOf(3).map((turn, i) => ({ ...turn, notBeforeMs: i * 60_000 }))
    await runSchedule(schedule(turns), hands)
    assert.deepEqual(
      started.map(({ atMs }) => atMs),
      [0, 60_000, 120_000],
    )
  })

  it('starts nothing further when it is told to stop, or is held, and awaits what runs', async () => {
    const stopped = world((_, started) => {
      if (started === 2) stopped.stop.abort()
      return {}
    })
    assert.equal(
      await runSchedule(schedule(turnsOf(5), { concurrency: 2 }), stopped.hands),
      'it was interrupted',
    )
    assert.deepEqual([stopped.started.length, stopped.ended.length], [2, 2])
    const held = world()
    const hands = { ...held.hands, held: () => (held.ended.length > 0 ? 'enough' : null) }
    assert.equal(await runSchedule(schedule(turnsOf(5), { concurrency: 1 }), hands), 'enough')
    assert.equal(held.started.length, 1)
  })

  it('awaits what runs before it throws what is a bug', async () => {
    const { hands, ended } = world()
    const turns = turnsOf(3)
    const failing: Hands = {
      ...hands,
      attempt: (turn) => (turn === turns[0] ? Promise.reject(new Error('a bug')) : hands.attempt(turn)),
    }
    await assert.rejects(runSchedule(schedule(turns, { concurrency: 2 }), failing), /a bug/)
    assert.equal(ended.length, 1)
  })
})
