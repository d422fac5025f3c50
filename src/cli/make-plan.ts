import { dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { KnownError } from '../errors.ts'
import type { GatewayEvent } from '../gateway/gateway-context.ts'
import type { SpendForecast } from '../report/plan-run/plan-run-document.ts'
import type { AttemptRecord } from '../runner/attempt/attempt-record.ts'
import { beginJournal, continueJournal, type PlanJournal, type PlanState } from '../runner/plan-journal.ts'
import { interruptedAttempts, isHeldByGroup, limitsLeft, runPlan, turnsLeft } from '../runner/plan-run.ts'
import { keepAttempts } from '../store/attempts.ts'
import { openStore, type Store } from '../store/open-store.ts'
import { findRuns } from '../store/read-runs.ts'
import type { Invocation } from './command-line.ts'
import { openSession } from './gateway-session.ts'
import { planProgress } from './plan-progress.ts'
import type { PreparedPlan } from './prepare-plan.ts'
import { plansFolder, type RunTasksOptions } from './run-tasks.ts'
import { version } from './version.ts'

/** What came of it. */
export interface MadePlan {
  readonly records: readonly AttemptRecord[]
  /** Why runs are left; null = none are. */
  readonly left: string | null
}

interface Making {
  readonly prepared: PreparedPlan
  readonly state: PlanState | null
  readonly forecast: SpendForecast
}

/** Runs what is left of a plan behind a gateway, and keeps everything about it. */
export async function makePlan(
  call: Invocation,
  options: RunTasksOptions,
  making: Making,
): Promise<MadePlan> {
  const { app, settings } = call
  const { prepared, state } = making
  const journal = await journalOf(call, making)
  const database = resolve(app.cwd, settings.db.value)
  let heldBy: string | null = null
  const onEvent = (event: GatewayEvent): void => {
    if (event.kind === 'trouble') app.note(`note: ${event.message}\n`)
    if (event.kind === 'over-budget' && isHeldByGroup(event.run))
      heldBy ??= 'the budget of all runs is used up'
  }
  const asked = { options, host: '127.0.0.1', port: 0, control: null, onEvent, replaysEachRun: true }
  try {
    const session = await openSession(app, settings, asked)
    const store = openStore(database, { create: true })
    const records: AttemptRecord[] = [...(state?.ended ?? [])]
    try {
      const { context, startMs } = contextOf(call, prepared, { session, database, state })
      if (state !== null)
        for (const record of interruptedAttempts(state, prepared.runs, context, spentIn(store))) {
          journal.append({ say: 'ended', record })
          records.push(record)
        }
      const group = limitsLeft(prepared.total, records)
      if (group === null) heldBy = 'the budget of all runs is used up'
      else session.gateway.openGroup(context.group ?? '', group)
      const progress = planProgress(app, { ...making, records, registry: session.gateway.registry })
      const spreadMs = (prepared.plan.spreadHours ?? 0) * 3_600_000
      const { machine, concurrency, retries, runs } = prepared
      const turns = turnsLeft(runs, records, { retries, startMs, spreadMs })
      try {
        const left = await runPlan(
          { turns, machine, concurrency, retries },
          {
            ...{ context, journal, stop: app.signal, kill: app.kill },
            held: () => heldBy,
            began: progress.began,
            ended(record, retried) {
              records.push(record)
              keep(store, [record])
              progress.ended(record, retried)
            },
            wait: (ms, stop) => setTimeout(ms, undefined, { signal: stop }).catch(() => {}),
          },
        )
        return { records, left }
      } finally {
        progress.end()
      }
    } finally {
      await session.close()
      // By now the runs themselves are in the store.
      keep(store, records)
      store.close()
    }
  } finally {
    journal.close()
  }
}

function contextOf(
  { app }: Invocation,
  { id, backend, machine, work, reachable, repositoryOf }: PreparedPlan,
  {
    session,
    database,
    state,
  }: {
    readonly session: Awaited<ReturnType<typeof openSession>>
    readonly database: string
    readonly state: PlanState | null
  },
) {
  const context = {
    ...{ plan: id, backend, machine, work, reachable, repositoryOf, gateway: session.gateway },
    ...{ group: id, files: join(dirname(database), 'files'), version: version(), nowMs: app.now },
  }
  return { context, startMs: state === null ? app.now() : Date.parse(state.start.startedAt) }
}

/** Options that say nothing of the plan. */
const OF_ONE_START = new Set(['dryRun', 'resume', 'yes', 'format', 'db'])

/** @throws KnownError plan-busy; plan-malformed where a plan that is resumed asks for other runs by now */
async function journalOf(call: Invocation, { prepared, state }: Making): Promise<PlanJournal> {
  const { app } = call
  const folder = plansFolder(call)
  const planned = prepared.runs.map(({ key }) => key)
  if (state === null) {
    const startedAt = new Date(app.now()).toISOString()
    const kept = Object.fromEntries(Object.entries(call.options).filter(([name]) => !OF_ONE_START.has(name)))
    return beginJournal(folder, {
      ...{ schema: 'plan-run/1', id: prepared.id, startedAt, path: prepared.path, cwd: app.cwd },
      ...{ options: kept, planned },
    })
  }
  const strange = planned.find((key) => !state.start.planned.includes(key)) ?? null
  if (strange !== null || planned.length !== state.start.planned.length)
    throw new KnownError('plan-malformed', `${prepared.path} asks for other runs than when it was started`, {
      fix: 'undo the change, or start it anew without --resume',
    })
  return continueJournal(folder, prepared.id)
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
