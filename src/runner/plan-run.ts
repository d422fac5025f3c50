import { randomBytes } from 'node:crypto'
import type { Limits } from '../gateway/budget/limits.ts'
import type { OpenRun } from '../gateway/runs/open-run.ts'
import { picoOfDecimal } from '../units.ts'
import { runAttempt } from './attempt/attempt.ts'
import type { AttemptContext } from './attempt/attempt-context.ts'
import type { AttemptRecord } from './attempt/attempt-record.ts'
import { conditionsOf } from './attempt/record-attempt.ts'
import type { BegunAttempt, PlanJournal, PlanState } from './plan-journal.ts'
import { type PlannedRun, resourcesOf } from './planned-run.ts'
import { runSchedule, type Schedule, type Turn, turnAfter } from './schedule.ts'

/** What running a plan needs beside the plan. */
export interface PlanHands {
  readonly context: Omit<AttemptContext, 'concurrency'>
  readonly journal: PlanJournal
  /** Nothing further is started; what runs goes on. */
  readonly stop: AbortSignal
  /** Ends what runs; it is recorded as interrupted. */
  readonly kill: AbortSignal
  readonly began: (attempt: BegunAttempt) => void
  readonly ended: (record: AttemptRecord, retried: boolean) => void
  /** Why nothing further is started; null = it is. */
  readonly held: () => string | null
  readonly wait: (ms: number, stop: AbortSignal) => Promise<void>
}

/** Runs what is left of a plan. Gives why something was left out; null = nothing was. */
export async function runPlan(schedule: Schedule, hands: PlanHands): Promise<string | null> {
  const { journal, context, kill, began, ended, held, stop, wait } = hands
  let running = 0
  const whole: AttemptContext = { ...context, concurrency: () => running }
  const attempt = async ({ planned, place }: Turn): Promise<AttemptRecord> => {
    running++
    const id = newAttemptId()
    try {
      const record = await runAttempt(
        whole,
        { id, place, planned },
        {
          signal: kill,
          opened(begun) {
            const attempt = { id, planned: planned.key, place, ...begun }
            journal.append({ say: 'begun', ...attempt })
            began(attempt)
          },
        },
      )
      journal.append({ say: 'ended', record })
      return record
    } finally {
      running--
    }
  }
  return runSchedule(schedule, { attempt, ended, held, stop, nowMs: context.nowMs, wait })
}

/** A name that engines take for one of theirs. */
const newAttemptId = (): string => `ft-${randomBytes(6).toString('hex')}`

/** What a killed runner had begun, told as interrupted: it is made again under a new id. */
export function interruptedAttempts(
  { begun, ended }: PlanState,
  runs: readonly PlannedRun[],
  context: Omit<AttemptContext, 'concurrency'>,
  spentBy: (run: string) => AttemptRecord['spent'],
): readonly AttemptRecord[] {
  const told = new Set(ended.map(({ id }) => id))
  const planned = new Map(runs.map((run) => [run.key, run]))
  return begun.flatMap(
    ({ id, place, planned: key, run, startedAt, concurrency }): readonly AttemptRecord[] => {
      const of = planned.get(key)
      if (told.has(id) || of === undefined) return []
      const about = {
        attempt: { id, place, planned: of },
        ...{ resources: resourcesOf(of), concurrency, startedMs: Date.parse(startedAt) },
      }
      return [
        {
          ...conditionsOf({ ...context, concurrency: () => concurrency }, about),
          ...{ run, endedAt: new Date(context.nowMs()).toISOString(), outcome: 'infra-error' },
          ...{ infraReason: 'the runner was killed', interrupted: true, facts: null, check: null },
          spent: spentBy(run),
          files: { patch: null, transcript: null, stdout: null, stderr: null, check: null },
        },
      ]
    },
  )
}

/** Whose turn it is, in the order of the plan: what has not ended yet, or ended by an infra error that may be tried again. */
export function turnsLeft(
  runs: readonly PlannedRun[],
  ended: readonly AttemptRecord[],
  {
    retries,
    startMs,
    spreadMs,
  }: { readonly retries: number; readonly startMs: number; readonly spreadMs: number },
): readonly Turn[] {
  const records = Map.groupBy(ended, ({ planned }) => planned)
  return runs.flatMap((planned, i): readonly Turn[] => {
    const notBeforeMs = startMs + (i * spreadMs) / runs.length
    let turn: Turn | null = { planned, place: 1, failures: 0, notBeforeMs }
    for (const record of records.get(planned.key) ?? []) turn = turn && turnAfter(turn, record, retries)
    return turn === null ? [] : [turn]
  })
}

/** What is left of limits after so much was spent; null = one of them is used up. */
export function limitsLeft(limits: Limits, ended: readonly AttemptRecord[]): Limits | null {
  const spent = ended.flatMap((record) => record.spent ?? [])
  const sum = (of: (one: (typeof spent)[number]) => number): number =>
    spent.reduce((total, one) => total + of(one), 0)
  const usd = spent.reduce((total, one) => total + (picoOfDecimal(one.usd ?? '0') ?? 0n), 0n)
  const less = (limit: number | null, used: number): number | null => (limit === null ? null : limit - used)
  const left: Limits = {
    ...limits,
    usd: limits.usd === null ? null : limits.usd - usd,
    totalTokens: less(
      limits.totalTokens,
      sum(({ totalTokens }) => totalTokens),
    ),
    outputTokens: less(
      limits.outputTokens,
      sum(({ outputTokens }) => outputTokens),
    ),
    calls: less(
      limits.calls,
      sum(({ calls }) => calls),
    ),
  }
  const amounts = [left.usd, left.totalTokens, left.outputTokens, left.calls]
  return amounts.some((amount) => amount !== null && amount <= 0) ? null : left
}

/** Whether it was the budget of all runs, more than its own, that ended a run. */
export function isHeldByGroup({ accounts, group }: OpenRun): boolean {
  const [own = 0, all = 0] = accounts.map(({ gauges }) =>
    Math.max(0, ...gauges.map(({ measure, spent }) => Number(spent) / Number(measure.limit))),
  )
  return group !== null && all >= own
}
