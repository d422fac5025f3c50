import { dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { KnownError } from '../errors.ts'
import type { GatewayEvent } from '../gateway/gateway-context.ts'
import type { SpendForecast } from '../report/plan-run/plan-run-document.ts'
import type { AttemptRecord } from '../runner/attempt/attempt-record.ts'
import { beginJournal, type PlanJournal } from '../runner/plan-journal.ts'
import { interruptedAttempts, isHeldByGroup, limitsLeft, runPlan, turnsLeft } from '../runner/plan-run.ts'
import { keepAttempts } from '../store/attempts.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { findRuns } from '../store/read-runs.ts'
import type { Invocation } from './command-line.ts'
import { showSafely } from './escape.ts'
import { type GatewaySession, openSession } from './gateway-session.ts'
import { planEvents } from './plan-events.ts'
import { planProgress } from './plan-progress.ts'
import type { PreparedPlan } from './prepare-plan.ts'
import { plansFolder, type ResumedPlan } from './resume-plan.ts'
import type { RunTasksOptions } from './run-tasks.ts'
import { version } from './version.ts'

/** What came of it. */
export interface MadePlan {
  readonly records: readonly AttemptRecord[]
  /** Why runs are left; null = none are. */
  readonly left: string | null
}

interface Making {
  readonly prepared: PreparedPlan
  /** What happened before, with its journal; null = it is begun now. */
  readonly resumed: ResumedPlan | null
  readonly forecast: SpendForecast
}

const USED_UP = 'the budget of all runs is used up'

/** Runs what is left of a plan behind a gateway, and keeps everything about it. */
export async function makePlan(
  call: Invocation,
  options: RunTasksOptions,
  making: Making,
): Promise<MadePlan> {
  const { app, settings } = call
  const database = resolve(app.cwd, settings.db.value)
  const journal = await journalOf(call, making)
  const held: Held = { by: null }
  const onEvent = (event: GatewayEvent): void => {
    if (event.kind === 'trouble') app.note(`note: ${showSafely(event.message)}\n`)
    if (event.kind === 'over-budget' && isHeldByGroup(event.run)) held.by ??= USED_UP
  }
  const records: AttemptRecord[] = [...(making.resumed?.state.ended ?? [])]
  try {
    const asked = { options, host: '127.0.0.1', port: 0, control: null, onEvent, replaysEachRun: true }
    const session = await openSession(app, settings, asked)
    const store = openStore(database, { create: true })
    let left: string | null
    try {
      left = await runRest(call, making, { journal, held, records, session, store })
    } finally {
      await session.close()
      // By now the runs themselves are in the store.
      keep(store, records)
      store.close()
    }
    if (left === null) journal.append({ say: 'done' })
    return { records, left }
  } finally {
    journal.close()
  }
}

/** Why nothing further is started. */
interface Held {
  by: string | null
}

interface Opened {
  readonly journal: PlanJournal
  readonly held: Held
  /** Of the plan so far; grows. */
  readonly records: AttemptRecord[]
  readonly session: GatewaySession
  readonly store: Store
}

/** Gives why something was left out; null = nothing was. */
async function runRest(call: Invocation, making: Making, opened: Opened): Promise<string | null> {
  const { app } = call
  const { prepared, resumed } = making
  const { journal, held, records, session, store } = opened
  const context = contextOf(call, prepared, session)
  if (resumed !== null)
    for (const record of interruptedAttempts(resumed.state, prepared.runs, context, spentIn(store))) {
      journal.append({ say: 'ended', record })
      records.push(record)
    }
  const limits = limitsLeft(prepared.total, records)
  if (limits === null) held.by = USED_UP
  else session.gateway.openGroup(prepared.id, limits)
  const { machine, concurrency, retries, runs, plan } = prepared
  const startMs = resumed === null ? app.now() : Date.parse(resumed.state.start.startedAt)
  const spreadMs = (plan.spreadHours ?? 0) * 3_600_000
  const turns = turnsLeft(runs, records, { retries, startMs, spreadMs })
  const { registry } = session.gateway
  const progress =
    call.format === 'jsonl'
      ? planEvents(app, { registry })
      : planProgress(app, { ...making, records, registry })
  try {
    return await runPlan(
      { turns, machine, concurrency, retries },
      {
        ...{ context, journal, stop: app.signal, kill: app.kill },
        held: () => held.by,
        began: progress.began,
        ended(record, retried) {
          records.push(record)
          keep(store, [record])
          progress.ended(record, retried)
        },
        wait: (ms, stop) => setTimeout(ms, undefined, { signal: stop }).catch(() => {}),
      },
    )
  } finally {
    progress.end()
  }
}

const contextOf = (
  { app, settings }: Invocation,
  { id, backend, machine, work, reachable, repositoryOf }: PreparedPlan,
  { gateway }: GatewaySession,
) => ({
  ...{ plan: id, backend, machine, work, reachable, repositoryOf, gateway },
  ...{ group: id, version: version(), nowMs: app.now },
  files: join(dirname(resolve(app.cwd, settings.db.value)), 'files'),
})

/** Options that say nothing of the plan. */
const OF_ONE_START = new Set(['dryRun', 'resume', 'yes', 'format', 'db'])

/** @throws KnownError plan-malformed where a plan that is resumed asks for other runs by now */
async function journalOf(call: Invocation, { prepared, resumed }: Making): Promise<PlanJournal> {
  const { app } = call
  const planned = prepared.runs.map(({ key }) => key)
  if (resumed === null) {
    const startedAt = new Date(app.now()).toISOString()
    const kept = Object.fromEntries(Object.entries(call.options).filter(([name]) => !OF_ONE_START.has(name)))
    return beginJournal(plansFolder(call), {
      ...{ schema: 'plan-run/1', id: prepared.id, startedAt, path: prepared.path, cwd: app.cwd },
      ...{ options: kept, planned },
    })
  }
  const before = new Set(resumed.state.start.planned)
  if (planned.length !== before.size || planned.some((key) => !before.has(key)))
    throw new KnownError('plan-malformed', `${prepared.path} asks for other runs than when it was started`, {
      fix: 'undo the change, or start it anew without --resume',
    })
  return resumed.journal
}

const keep = (store: Store, records: readonly AttemptRecord[]): void =>
  keepAttempts(
    store,
    records.map(({ id, run, place, startedAt, endedAt, outcome, infraReason, ...rest }) => ({
      ...{ id, run, place, startedAt, endedAt, outcome, infraReason },
      document: { ...rest, id, run, place, startedAt, endedAt, outcome, infraReason },
    })),
  )

/** What a run spent that nobody could tell of, since its runner was killed: the gateway wrote it down. */
const spentIn =
  (store: Store) =>
  (id: string): AttemptRecord['spent'] => {
    const [run] = findRuns(store, id)
    if (run === undefined) return null
    const { input, cacheRead, cacheWrite5m, cacheWrite1h, output } = run.usage
    const classes = [input, cacheRead, cacheWrite5m, cacheWrite1h, output]
    return {
      calls: run.calls ?? 0,
      totalTokens: classes.reduce<number>((sum, tokens) => sum + (tokens ?? 0), 0),
      outputTokens: output ?? 0,
      atLeast: true,
      usd: run.costUsd,
    }
  }
