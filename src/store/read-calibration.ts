import type { Outcome } from '../trajectory/run.ts'
import { FORECAST_OF_RUN, TOTAL_OF_RUN } from './forecast-of-run.ts'
import type { Store } from './open-store.ts'

/** A run beside what was forecast of it. Null = not known. */
export interface CalibrationRow {
  /** ISO 8601. */
  readonly startedAt: string
  readonly agent: string
  /** As the forecast names it. */
  readonly model: string
  readonly repository: string | null
  readonly outcome: Outcome | null
  readonly incomplete: boolean
  readonly totalTokens: Foreseen
  readonly costUsd: Foreseen
}

/** A quantity that was forecast, with the ends of the range of 8 in 10. */
export interface Foreseen {
  readonly actual: number | null
  readonly p10: number | null
  readonly p50: number | null
  readonly p90: number | null
}

/** The newest runs that were forecast, newest first. */
export interface Calibration {
  readonly rows: readonly CalibrationRow[]
  /** There are more than were read. */
  readonly cut: boolean
}

/** So many are read at most. */
export const MOST_CALIBRATION_ROWS = 20_000

interface Row {
  readonly started_at: string
  readonly agent: string
  readonly model: string
  readonly repository: string | null
  readonly outcome: Outcome | null
  readonly incomplete: number
  readonly total: number | null
  readonly p10: number
  readonly p50: number
  readonly p90: number
  readonly cost_usd: string | null
  readonly cost_p10: string | null
  readonly cost_p50: string | null
  readonly cost_p90: string | null
}

/** Joins in the order written: from the index of time to the forecasts of each run. Of a document only the ranges are read. */
export const CALIBRATION_SQL = `
  SELECT runs.started_at, estimates.agent, estimates.model, nullif(tasks.repository, '') AS repository,
    runs.outcome, runs.incomplete, ${TOTAL_OF_RUN} AS total, runs.cost_usd,
    estimates.document ->> '$.totalTokens.p10' AS p10, estimates.document ->> '$.totalTokens.p50' AS p50,
    estimates.document ->> '$.totalTokens.p90' AS p90, estimates.document ->> '$.costUsd.p10' AS cost_p10,
    estimates.document ->> '$.costUsd.p50' AS cost_p50, estimates.document ->> '$.costUsd.p90' AS cost_p90
  FROM runs CROSS JOIN tasks CROSS JOIN estimates
  WHERE runs.started_at >= @since AND runs.superseded_by IS NULL AND tasks.row = runs.task
    AND estimates.row = ${FORECAST_OF_RUN}
  ORDER BY runs.started_at DESC, runs.row DESC LIMIT @limit`

/** Runs begun since a time (ISO 8601) for which a forecast had been made. */
export function readCalibration(
  { database }: Store,
  { since, limit = MOST_CALIBRATION_ROWS }: { readonly since: string; readonly limit?: number },
): Calibration {
  const rows = database
    .prepare<[Record<string, unknown>], Row>(CALIBRATION_SQL)
    .all({ since, limit: limit + 1 })
  return { rows: rows.slice(0, limit).map(calibrationRow), cut: rows.length > limit }
}

const calibrationRow = (row: Row): CalibrationRow => ({
  startedAt: row.started_at,
  agent: row.agent,
  model: row.model,
  repository: row.repository,
  outcome: row.outcome,
  incomplete: row.incomplete === 1,
  totalTokens: { actual: row.total, p10: row.p10, p50: row.p50, p90: row.p90 },
  costUsd: {
    actual: dollars(row.cost_usd),
    p10: dollars(row.cost_p10),
    p50: dollars(row.cost_p50),
    p90: dollars(row.cost_p90),
  },
})

const dollars = (decimal: string | null): number | null => (decimal === null ? null : Number(decimal))
