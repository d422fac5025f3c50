import type { Action } from '../trajectory/action.ts'
import type { Conditions, Outcome } from '../trajectory/run.ts'
import type { Quality } from '../usage/call.ts'
import type { Usage } from '../usage/usage.ts'
import type { Store } from './open-store.ts'
import {
  type ActionRow,
  actionOf,
  type CallRow,
  type ConditionColumns,
  conditionsOf,
  type UsageColumns,
  usageOf,
} from './run-row.ts'

/** Which runs are asked for; null = all. Patterns: `*` stands for any characters. */
export interface RunFilter {
  readonly benchmark: string | null
  readonly task: string | null
  readonly repository: string | null
  readonly agent: string | null
  readonly model: string | null
  readonly format: string | null
  readonly outcome: Outcome | null
  /** ISO 8601; from the first, before the second. */
  readonly from: string | null
  readonly before: string | null
  /** Also tellings that a more trusted one stands for. */
  readonly superseded: boolean
}

export const ALL_RUNS: RunFilter = {
  benchmark: null,
  task: null,
  repository: null,
  agent: null,
  model: null,
  format: null,
  outcome: null,
  from: null,
  before: null,
  superseded: false,
}

/** A run as the store tells it: what was read, our own cost, and where it comes from. */
export interface StoredRun {
  readonly id: string
  readonly key: string
  readonly task: {
    readonly id: string | null
    readonly benchmark: string | null
    readonly repository: string | null
  }
  readonly agent: string | null
  readonly agentVersion: string | null
  readonly model: string | null
  /** One spelling for all aliases. */
  readonly modelName: string | null
  readonly run: number | null
  readonly usage: Usage
  /** Every total is "at least". */
  readonly incomplete: boolean
  readonly calls: number | null
  readonly steps: number | null
  readonly outcome: Outcome | null
  readonly wallSeconds: number | null
  readonly startedAt: string | null
  readonly reportedUsd: string | null
  /** By our prices, exact; null with the reason. */
  readonly costUsd: string | null
  readonly costReason: string | null
  readonly prices: string | null
  readonly conditions: Conditions
  readonly quality: Quality
  readonly source: {
    readonly format: string
    readonly reader: number
    readonly sha256: string
    readonly name: string
  }
  /** Id of the run that stands for it. */
  readonly supersededBy: string | null
}

export interface RunRecord extends UsageColumns, ConditionColumns {
  readonly row: number
  readonly id: string
  readonly key: string
  readonly task_id: string | null
  readonly benchmark: string | null
  readonly repository: string | null
  readonly agent: string | null
  readonly agent_version: string | null
  readonly model: string | null
  readonly model_name: string | null
  readonly run: number | null
  readonly incomplete: number
  readonly calls: number | null
  readonly steps: number | null
  readonly outcome: Outcome | null
  readonly wall_seconds: number | null
  readonly started_at: string | null
  readonly reported_usd: string | null
  readonly cost_usd: string | null
  readonly cost_reason: string | null
  readonly price_source: string | null
  readonly quality: Quality
  readonly format: string
  readonly reader: number
  readonly sha256: string
  readonly source_name: string
  readonly superseded_id: string | null
}

/** Selects runs with all that is told of them. */
export const SELECT_RUNS = `
  SELECT runs.*, nullif(tasks.id, '') AS task_id, nullif(tasks.benchmark, '') AS benchmark,
    nullif(tasks.repository, '') AS repository, prices.source || ' ' || prices.entry AS price_source,
    sources.format AS format, sources.reader AS reader, sources.sha256 AS sha256, sources.name AS source_name,
    other.id AS superseded_id
  FROM runs JOIN sources ON sources.row = runs.source LEFT JOIN tasks ON tasks.row = runs.task
    LEFT JOIN prices ON prices.row = runs.price LEFT JOIN runs AS other ON other.row = runs.superseded_by`

/** What a filter asks of `runs`, `tasks` and `sources`, as a clause of SQL that names only what is asked. */
export function whereOf(filter: RunFilter): string {
  const asked = Object.entries(CONDITIONS).filter(([name]) => filter[name as keyof RunFilter] !== null)
  const conditions = asked.map(([, condition]) => condition)
  if (!filter.superseded) conditions.push('runs.superseded_by IS NULL')
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
}

const CONDITIONS: Readonly<Record<Exclude<keyof RunFilter, 'superseded'>, string>> = {
  benchmark: 'tasks.benchmark GLOB @benchmark',
  task: 'tasks.id GLOB @task',
  repository: 'tasks.repository GLOB @repository',
  agent: 'runs.agent GLOB @agent',
  model: '(runs.model_name GLOB @model OR runs.model GLOB @model)',
  format: 'sources.format GLOB @format',
  outcome: 'runs.outcome = @outcome',
  from: 'runs.started_at >= @from',
  before: 'runs.started_at < @before',
}

/** What the clause is bound with. */
export const boundBy = (filter: RunFilter): Record<string, unknown> => ({
  ...filter,
  superseded: Number(filter.superseded),
})

/** The runs that match, in the order of their ids: the same content gives the same order. Constant memory. */
export function* readRuns({ database }: Store, filter: RunFilter): Generator<StoredRun> {
  const rows = database.prepare<[Record<string, unknown>], RunRecord>(
    `${SELECT_RUNS} ${whereOf(filter)} ORDER BY runs.id`,
  )
  for (const row of rows.iterate(boundBy(filter))) yield storedRun(row)
}

/** One run by its id or the beginning of it that no other has; null where there is none. */
export function findRuns({ database }: Store, id: string): readonly StoredRun[] {
  const rows = database.prepare<[string, string], RunRecord>(
    `${SELECT_RUNS} WHERE runs.id = ? OR runs.id GLOB ? LIMIT 3`,
  )
  const found = rows.all(id, `${id.replace(/[*?[]/g, '[$&]')}*`)
  const exact = found.filter((row) => row.id === id)
  return (exact.length === 1 ? exact : found).map(storedRun)
}

/** Reads the calls of runs by their ids, in order. */
export function callReader({ database }: Store): (id: string) => readonly CallRow[] {
  const calls = database.prepare<[string], CallRow>(
    'SELECT calls.* FROM calls JOIN runs ON runs.row = calls.run WHERE runs.id = ? ORDER BY place',
  )
  return (id) => calls.all(id)
}

/** Reads the actions of runs by their ids, in order. */
export function actionReader({ database }: Store): (id: string) => readonly Action[] {
  const actions = database.prepare<[string], ActionRow>(
    'SELECT actions.* FROM actions JOIN runs ON runs.row = actions.run WHERE runs.id = ? ORDER BY place',
  )
  return (id) => actions.all(id).map(actionOf)
}

export function storedRun(row: RunRecord): StoredRun {
  return {
    id: row.id,
    key: row.key,
    task: { id: row.task_id, benchmark: row.benchmark, repository: row.repository },
    agent: row.agent,
    agentVersion: row.agent_version,
    model: row.model,
    modelName: row.model_name,
    run: row.run,
    usage: usageOf(row),
    incomplete: row.incomplete === 1,
    calls: row.calls,
    steps: row.steps,
    outcome: row.outcome,
    wallSeconds: row.wall_seconds,
    startedAt: row.started_at,
    reportedUsd: row.reported_usd,
    costUsd: row.cost_usd,
    costReason: row.cost_reason,
    prices: row.price_source,
    conditions: conditionsOf(row),
    quality: row.quality,
    source: { format: row.format, reader: row.reader, sha256: row.sha256, name: row.source_name },
    supersededBy: row.superseded_id,
  }
}
