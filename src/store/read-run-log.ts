import type { Estimate } from '../forecast/estimate.ts'
import type { Outcome } from '../trajectory/run.ts'
import { FORECAST_OF_RUN, TOTAL_OF_RUN } from './forecast-of-run.ts'
import type { Store } from './open-store.ts'
import { boundBy, type RunFilter, whereOf } from './read-runs.ts'

/** Where a run stands in the log: what a cursor holds. A run whose time is not known stands behind all others. */
export interface LogPlace {
  readonly startedAt: string | null
  readonly row: number
}

/** The forecast that a run is held against. */
export interface RunForecast {
  readonly id: string
  /** ISO 8601. */
  readonly madeAt: string
  readonly commit: string | null
  /** The first answer of the service that gave it: what `/v1/estimates/{id}` knows it by; null = none did. */
  readonly answer: string | null
  readonly estimate: Estimate
}

/** A run as the log tells it. Null = not recorded. */
export interface LoggedRun {
  readonly place: LogPlace
  readonly id: string
  readonly task: string | null
  readonly repository: string | null
  readonly agent: string | null
  readonly model: string | null
  readonly outcome: Outcome | null
  /** Its counts are "at least". */
  readonly incomplete: boolean
  readonly outputTokens: number | null
  readonly totalTokens: number | null
  /** A decimal. */
  readonly costUsd: string | null
  readonly costReason: string | null
  readonly wallSeconds: number | null
  /** Null = none was made before it began. */
  readonly forecast: RunForecast | null
}

/** What part of the log is asked for. */
export interface LogRequest {
  readonly filter: RunFilter
  /** Only runs that were forecast. */
  readonly forecastOnly: boolean
  /** Null = from the newest. */
  readonly after: LogPlace | null
  readonly limit: number
}

/** A page of the log; `next` is where the one behind it begins, null = there is none. */
export interface LogPage {
  readonly runs: readonly LoggedRun[]
  readonly next: LogPlace | null
}

interface Row {
  readonly row: number
  readonly id: string
  readonly started_at: string | null
  readonly task: string | null
  readonly repository: string | null
  readonly agent: string | null
  readonly model: string | null
  readonly outcome: Outcome | null
  readonly incomplete: number
  readonly output: number | null
  readonly total: number | null
  readonly cost_usd: string | null
  readonly cost_reason: string | null
  readonly wall_seconds: number | null
  readonly forecast: string | null
  readonly made_at: string | null
  readonly commit_id: string | null
  readonly answer: string | null
  readonly document: string | null
}

/** Outer joins keep to the order written: from the index of time to the rest, so that a page costs what it holds. */
const SELECT = `
  SELECT runs.row, runs.id, runs.started_at, nullif(tasks.id, '') AS task,
    nullif(tasks.repository, '') AS repository, runs.agent, runs.model, runs.outcome, runs.incomplete, runs.output,
    ${TOTAL_OF_RUN} AS total, runs.cost_usd, runs.cost_reason, runs.wall_seconds,
    estimates.id AS forecast, estimates.made_at, estimates.commit_id, estimates.document,
    (SELECT answers.id FROM answer_forecasts AS given CROSS JOIN answers ON answers.row = given.answer
      WHERE given.estimate = estimates.row ORDER BY given.answer LIMIT 1) AS answer
  FROM runs LEFT JOIN tasks ON tasks.row = runs.task LEFT JOIN sources ON sources.row = runs.source
    LEFT JOIN estimates ON estimates.row = ${FORECAST_OF_RUN}`

/** SQL of a page: of runs whose time is known, or of those behind them. */
export function logSql({ filter, forecastOnly, after }: LogRequest, part: 'dated' | 'undated'): string {
  const behind = part === 'dated' ? '(runs.started_at, runs.row) < (@at, @row)' : 'runs.row < @row'
  const conditions = [
    `runs.started_at IS ${part === 'dated' ? 'NOT ' : ''}NULL`,
    ...(forecastOnly ? ['estimates.row IS NOT NULL'] : []),
    ...(after === null || (part === 'undated' && after.startedAt !== null) ? [] : [behind]),
  ]
  const asked = whereOf(filter)
  return `${SELECT} ${asked === '' ? 'WHERE' : `${asked} AND`} ${conditions.join(' AND ')}
    ORDER BY runs.started_at DESC, runs.row DESC LIMIT @limit`
}

/** Runs, newest first, each with the forecast it is held against. */
export function readRunLog(store: Store, request: LogRequest): LogPage {
  const { after, limit } = request
  const rows: Row[] = []
  for (const part of ['dated', 'undated'] as const) {
    const missing = limit + 1 - rows.length
    if (missing <= 0 || (part === 'dated' && after !== null && after.startedAt === null)) continue
    rows.push(...readPart(store, request, { part, limit: missing }))
  }
  const runs = rows.slice(0, limit).map(loggedRun)
  return { runs, next: rows.length > limit ? (runs.at(-1)?.place ?? null) : null }
}

function readPart(
  { database }: Store,
  request: LogRequest,
  { part, limit }: { readonly part: 'dated' | 'undated'; readonly limit: number },
): readonly Row[] {
  const { filter, after } = request
  const bound = { ...boundBy(filter), at: after?.startedAt ?? null, row: after?.row ?? null, limit }
  return database.prepare<[Record<string, unknown>], Row>(logSql(request, part)).all(bound)
}

/** One run of the log by its id; null = there is none. */
export function readLoggedRun({ database }: Store, id: string): LoggedRun | null {
  const row = database.prepare<[string], Row>(`${SELECT} WHERE runs.id = ?`).get(id)
  return row === undefined ? null : loggedRun(row)
}

const loggedRun = (row: Row): LoggedRun => ({
  place: { startedAt: row.started_at, row: row.row },
  id: row.id,
  task: row.task,
  repository: row.repository,
  agent: row.agent,
  model: row.model,
  outcome: row.outcome,
  incomplete: row.incomplete === 1,
  outputTokens: row.output,
  totalTokens: row.total,
  costUsd: row.cost_usd,
  costReason: row.cost_reason,
  wallSeconds: row.wall_seconds,
  forecast: forecastOf(row),
})

function forecastOf({ forecast, made_at, commit_id, answer, document }: Row): RunForecast | null {
  if (forecast === null || made_at === null || document === null) return null
  return {
    id: forecast,
    madeAt: made_at,
    commit: commit_id,
    answer,
    estimate: JSON.parse(document) as Estimate,
  }
}
