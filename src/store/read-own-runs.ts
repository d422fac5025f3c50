import type { Outcome } from '../trajectory/run.ts'
import type { Quality } from '../usage/call.ts'
import type { Store } from './open-store.ts'
import { GATEWAY_FORMAT } from './write-run.ts'

/** A run as it is learnt from. Null = not known. */
export interface StoredRun {
  readonly id: string
  /** Its task by the id it was asked by, if it has one. */
  readonly task: string | null
  readonly repository: string | null
  readonly agent: string | null
  /** By its normal name. */
  readonly model: string | null
  /** ISO 8601: when it began, else when it was read in. */
  readonly at: string
  readonly input: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  readonly output: number | null
  readonly calls: number | null
  readonly incomplete: boolean
  readonly outcome: Outcome | null
  readonly quality: Quality
  /** Counted by the gateway, on the wire. */
  readonly metered: boolean
}

interface Row {
  readonly id: string
  readonly task: string | null
  readonly repository: string | null
  readonly agent: string | null
  readonly model: string | null
  readonly at: string
  readonly input: number | null
  readonly cache_read: number | null
  readonly cache_write: number | null
  readonly output: number | null
  readonly calls: number | null
  readonly incomplete: number
  readonly outcome: Outcome | null
  readonly quality: Quality
  readonly metered: number
}

/** What a gateway still meters has no time yet; what another telling of the same run stands for is left out. */
const OWN_RUNS_SQL = `
  SELECT runs.id, nullif(tasks.id, '') AS task, nullif(tasks.repository, '') AS repository, runs.agent,
    runs.model_name AS model, coalesce(runs.started_at, sources.imported_at) AS at, runs.input, runs.cache_read,
    CASE WHEN runs.cache_write_5m IS NULL AND runs.cache_write_1h IS NULL THEN NULL
      ELSE coalesce(runs.cache_write_5m, 0) + coalesce(runs.cache_write_1h, 0) END AS cache_write,
    runs.output, runs.calls, runs.incomplete, runs.outcome, runs.quality,
    sources.format = '${GATEWAY_FORMAT}' AS metered
  FROM runs JOIN sources ON sources.row = runs.source LEFT JOIN tasks ON tasks.row = runs.task
  WHERE runs.superseded_by IS NULL
    AND NOT (sources.format = '${GATEWAY_FORMAT}' AND runs.wall_seconds IS NULL)
  ORDER BY at DESC, runs.id LIMIT ?`

/** The newest runs, the newest first, one after the other: of the store no more is held than one row. */
export function* ownRuns({ database }: Store, most: number): Generator<StoredRun> {
  for (const row of database.prepare<[number], Row>(OWN_RUNS_SQL).iterate(most)) {
    const { cache_read: cacheRead, cache_write: cacheWrite, incomplete, metered, ...same } = row
    yield { ...same, cacheRead, cacheWrite, incomplete: incomplete === 1, metered: metered === 1 }
  }
}

/**
 * Finds a task as it was kept when it was forecast, by id and, where both are known, repository; one whose repository was
 * read goes first. Null = it was not forecast.
 */
export function keptFeatures({
  database,
}: Store): (task: string, repository: string | null) => Uint8Array | null {
  const find = database
    .prepare<{ task: string; repository: string }, Uint8Array>(
      `SELECT task_features.features FROM tasks JOIN task_features ON task_features.task = tasks.row
       WHERE tasks.id = @task AND (@repository = '' OR tasks.repository = '' OR tasks.repository = @repository)
       ORDER BY task_features.repository DESC, tasks.row LIMIT 1`,
    )
    .pluck()
  return (task, repository) => find.get({ task, repository: repository ?? '' }) ?? null
}
