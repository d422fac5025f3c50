import { modelKey } from '../forecast/model-key.ts'
import { normalModelName } from '../pricing/alias.ts'
import type { RecordedCall, Run } from '../trajectory/run.ts'
import type { Quality } from '../usage/call.ts'
import type { Store } from './open-store.ts'
import {
  type ActionRow,
  actionOf,
  type CallRow,
  type ConditionColumns,
  callOf,
  conditionsOf,
  type UsageColumns,
  usageOf,
} from './run-row.ts'

/** A run as it is kept: `row` for the tables, `id` for people. */
export interface KeptRun {
  readonly row: number
  readonly id: string
  /** Hash of what was told last. */
  readonly content: Buffer
  readonly format: string
  readonly run: Run
}

/** What is written of a run beside the run itself. */
export interface RunColumns {
  readonly id: string
  readonly content: Buffer
  readonly task: number | null
  readonly costUsd: string | null
  readonly costReason: string | null
  readonly price: number | null
  readonly source: number
}

const RUN_COLUMNS = `id, content, key, task, agent, agent_version, model, model_name, model_key, run, input, cache_read,
  cache_write_5m, cache_write_1h, output, reasoning, incomplete, calls, steps, outcome, wall_seconds, started_at,
  reported_usd, cost_usd, cost_reason, price, multiplier, host, concurrency, quality, source`
const CALL_COLUMNS = `run, place, id, at, model, input, cache_read, cache_write_5m, cache_write_1h, output, reasoning,
  requests, incomplete, quality, reported_usd`

const marks = (columns: string): string => columns.replace(/\w+/g, '?')

type Values = (string | number | Buffer | null)[]

interface RunRow extends UsageColumns, ConditionColumns {
  readonly row: number
  readonly id: string
  readonly content: Buffer
  readonly format: string
  readonly key: string
  readonly task_id: string | null
  readonly benchmark: string | null
  readonly repository: string | null
  readonly agent: string | null
  readonly agent_version: string | null
  readonly model: string | null
  readonly run: number | null
  readonly incomplete: number
  readonly calls: number | null
  readonly steps: number | null
  readonly outcome: Run['outcome']
  readonly wall_seconds: number | null
  readonly started_at: string | null
  readonly reported_usd: string | null
  readonly quality: Quality
}

type Parts = Pick<Run, 'perCall' | 'actions'>

/** Where the next call and the next action of a run go. */
interface Places {
  readonly call: number
  readonly action: number
}

const FIRST: Places = { call: 0, action: 0 }

/** The tables of runs and calls, one statement each. */
export function runTable({ database }: Store) {
  const select = database.prepare<[number], RunRow>(`
    SELECT runs.*, sources.format AS format, nullif(tasks.id, '') AS task_id,
      nullif(tasks.benchmark, '') AS benchmark, nullif(tasks.repository, '') AS repository
    FROM runs JOIN sources ON sources.row = runs.source LEFT JOIN tasks ON tasks.row = runs.task
    WHERE runs.row = ?`)
  const contentById = database.prepare<[string], { row: number; content: Buffer }>(
    'SELECT row, content FROM runs WHERE id = ?',
  )
  const callsOf = database.prepare<[number], CallRow>('SELECT * FROM calls WHERE run = ? ORDER BY place')
  const insertRun = database.prepare<Values>(
    `INSERT INTO runs (${RUN_COLUMNS}) VALUES (${marks(RUN_COLUMNS)})`,
  )
  const updateRun = database.prepare<Values>(
    `UPDATE runs SET (${RUN_COLUMNS}) = (${marks(RUN_COLUMNS)}) WHERE row = ?`,
  )
  const insertCall = database.prepare<Values>(
    `INSERT INTO calls (${CALL_COLUMNS}) VALUES (${marks(CALL_COLUMNS)})`,
  )
  const actionsOf = database.prepare<[number], ActionRow>(
    'SELECT * FROM actions WHERE run = ? ORDER BY place',
  )
  const insertAction = database.prepare<Values>(
    'INSERT INTO actions (run, place, id, call, tool, kind, target, returned_chars) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const deleteCalls = database.prepare<[number]>('DELETE FROM calls WHERE run = ?')
  const deleteActions = database.prepare<[number]>('DELETE FROM actions WHERE run = ?')
  const runsWithCall = database.prepare<[string], number>('SELECT run FROM calls WHERE id = ?').pluck()
  const supersede = database.prepare<[number | null, number]>(
    'UPDATE runs SET superseded_by = ? WHERE row = ?',
  )
  const nextPlaces = database.prepare<[number, number], Places>(
    `SELECT (SELECT coalesce(max(place) + 1, 0) FROM calls WHERE run = ?) AS call,
       (SELECT coalesce(max(place) + 1, 0) FROM actions WHERE run = ?) AS action`,
  )
  const insertParts = (row: number, { perCall: calls, actions }: Parts, from: Places) => {
    for (let i = 0; i < calls.length; i++) {
      insertCall.run(...callValues(row, from.call + i, calls[i] as RecordedCall))
    }
    for (const [i, { id, call, tool, kind, target, returnedChars }] of actions.entries()) {
      insertAction.run(row, from.action + i, id, call, tool, kind, target, returnedChars)
    }
  }
  const found = (at: number): RunRow => {
    const row = select.get(at)
    if (row === undefined) throw new Error(`no run in row ${at}`)
    return row
  }
  return {
    /** The row and content of a run; undefined where there is none. */
    find: (id: string) => contentById.get(id),
    load(at: number): KeptRun {
      const kept = found(at)
      const { row, id, content, format } = kept
      return { row, id, content, format, run: runFrom(kept, callsOf.all(row), actionsOf.all(row)) }
    },
    /** A run without its calls and actions. */
    outline: (at: number): Run => runFrom(found(at), [], []),
    insert(run: Run, columns: RunColumns): number {
      const row = Number(insertRun.run(...runValues(run, columns)).lastInsertRowid)
      insertParts(row, run, FIRST)
      return row
    },
    /** Puts calls and actions behind those that a run has. */
    append: (row: number, parts: Parts): void => insertParts(row, parts, nextPlaces.get(row, row) as Places),
    /** The run itself, its calls and actions left as they are. */
    update: (row: number, run: Run, columns: RunColumns): void => {
      updateRun.run(...runValues(run, columns), row)
    },
    replace(row: number, run: Run, columns: RunColumns): void {
      deleteCalls.run(row)
      deleteActions.run(row)
      updateRun.run(...runValues(run, columns), row)
      insertParts(row, run, FIRST)
    },
    /** Rows of other runs that hold a call with this id. */
    runsWithCall: (id: string): readonly number[] => runsWithCall.all(id),
    supersede: (row: number, by: number | null) => supersede.run(by, row),
  }
}

function runValues(run: Run, columns: RunColumns): Values {
  const { usage } = run
  return [
    columns.id,
    columns.content,
    run.key,
    columns.task,
    run.agent,
    run.agentVersion,
    run.model,
    run.model === null ? null : normalModelName(run.model),
    run.model === null ? null : modelKey(run.model),
    run.run,
    usage.input,
    usage.cacheRead,
    usage.cacheWrite5m,
    usage.cacheWrite1h,
    usage.output,
    usage.reasoning,
    Number(run.incomplete),
    run.calls,
    run.steps,
    run.outcome,
    run.wallSeconds,
    run.startedAt,
    run.reportedUsd,
    columns.costUsd,
    columns.costReason,
    columns.price,
    run.conditions.multiplier,
    run.conditions.host,
    run.conditions.concurrency,
    run.quality,
    columns.source,
  ]
}

function callValues(row: number, place: number, call: RecordedCall): Values {
  const { usage } = call
  return [
    row,
    place,
    call.id,
    call.at,
    call.model,
    usage.input,
    usage.cacheRead,
    usage.cacheWrite5m,
    usage.cacheWrite1h,
    usage.output,
    usage.reasoning,
    call.requests,
    Number(call.incomplete),
    call.quality,
    call.reportedUsd,
  ]
}

function runFrom(row: RunRow, calls: readonly CallRow[], actions: readonly ActionRow[]): Run {
  return {
    key: row.key,
    task: { id: row.task_id, benchmark: row.benchmark, repository: row.repository },
    agent: row.agent,
    agentVersion: row.agent_version,
    model: row.model,
    run: row.run,
    usage: usageOf(row),
    incomplete: row.incomplete === 1,
    calls: row.calls,
    steps: row.steps,
    outcome: row.outcome,
    wallSeconds: row.wall_seconds,
    startedAt: row.started_at,
    reportedUsd: row.reported_usd,
    conditions: conditionsOf(row),
    quality: row.quality,
    perCall: calls.map(callOf),
    actions: actions.map(actionOf),
  }
}
