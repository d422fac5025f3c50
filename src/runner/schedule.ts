import type { Floor } from '../sandbox/sandbox.ts'
import type { AttemptRecord } from './attempt/attempt-record.ts'
import type { Machine } from './machine.ts'
import { type PlannedRun, resourcesOf } from './planned-run.ts'

/** A planned run whose turn it is, or will be. */
export interface Turn {
  readonly planned: PlannedRun
  /** Which attempt comes next, from 1. */
  readonly place: number
  /** Of these, infra errors that count. */
  readonly failures: number
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number
}

export interface Schedule {
  readonly turns: readonly Turn[]
  /** Null = the engine knows where there is room. */
  readonly machine: Machine | null
  /** So many at once at most; null = as many as their floors fit. */
  readonly concurrency: number | null
  /** Further attempts after an infra error. */
  readonly retries: number
}

/** What running a schedule needs. */
export interface Hands {
  readonly attempt: (turn: Turn) => Promise<AttemptRecord>
  /** Told of every attempt that ended; `retried` = another one follows. */
  readonly ended: (record: AttemptRecord, retried: boolean) => void
  /** Why nothing further is started; null = it is. */
  readonly held: () => string | null
  /** Nothing further is started; what runs goes on. */
  readonly stop: AbortSignal
  readonly nowMs: () => number
  /** Resolves after so long, or when it is told to stop. */
  readonly wait: (ms: number, stop: AbortSignal) => Promise<void>
}

/** Whether a run is let in beside those that run: the sum of floors fits, and they are not too many. */
export function isAdmitted(
  floor: Floor,
  running: readonly Floor[],
  { machine, concurrency }: Pick<Schedule, 'machine' | 'concurrency'>,
): boolean {
  if (running.length >= (concurrency ?? Number.POSITIVE_INFINITY)) return false
  if (machine === null) return true
  const all = [...running, floor]
  const sum = (of: (one: Floor) => number): number => all.reduce((total, one) => total + of(one), 0)
  return (
    sum(({ cpus }) => cpus) <= machine.cpus && sum(({ memoryBytes }) => memoryBytes) <= machine.memoryBytes
  )
}

/** After an infra error the next attempt stands behind all others; null = there were enough. */
export function turnAfter(turn: Turn, { outcome, interrupted }: AttemptRecord, retries: number): Turn | null {
  if (outcome !== 'infra-error') return null
  const failures = turn.failures + (interrupted ? 0 : 1)
  return failures > retries ? null : { ...turn, place: turn.place + 1, failures }
}

/**
 * Runs a schedule to its end, in its order: who comes next is waited for until there is room, so that large runs are not passed
 * by for ever. Gives why something was left out; null = nothing was.
 */
export async function runSchedule(schedule: Schedule, hands: Hands): Promise<string | null> {
  const queue = [...schedule.turns]
  const running = new Map<Promise<void>, Floor>()
  let failure: unknown = null
  let timer: Promise<void> | null = null
  const start = (turn: Turn): void => {
    const { floor } = resourcesOf(turn.planned)
    const run = hands
      .attempt(turn)
      .then((record) => {
        const next = turnAfter(turn, record, schedule.retries)
        if (next !== null) queue.push(next)
        hands.ended(record, next !== null && !record.interrupted)
      })
      .catch((error: unknown) => {
        failure ??= error
      })
      .finally(() => running.delete(run))
    running.set(run, floor)
  }
  for (;;) {
    const mayStart = failure === null && !hands.stop.aborted && hands.held() === null
    const [next] = mayStart ? queue : []
    if (next === undefined && running.size === 0) break
    const waitMs = next === undefined ? 0 : next.notBeforeMs - hands.nowMs()
    if (
      next !== undefined &&
      waitMs <= 0 &&
      isAdmitted(resourcesOf(next.planned).floor, [...running.values()], schedule)
    ) {
      queue.shift()
      start(next)
      continue
    }
    if (waitMs > 0)
      timer ??= hands.wait(waitMs, hands.stop).then(() => {
        timer = null
      })
    await Promise.race([...running.keys(), ...(timer === null ? [] : [timer])])
  }
  if (failure !== null) throw failure
  return queue.length === 0 ? null : (hands.held() ?? 'it was interrupted')
}
