import { type FollowedRun, MOST_FOLLOWED_RUNS, type RangeEnds } from '../forecast/follow-runs.ts'
import type { PairCalibration } from '../forecast/recalibrated.ts'
import type { Outcome } from '../trajectory/run.ts'
import { FORECAST_OF_RUN, TOTAL_OF_RUN } from './forecast-of-run.ts'
import type { Store } from './open-store.ts'
import { GATEWAY_FORMAT } from './write-run.ts'

/** An agent with a model, as the store matches runs with forecasts: in lower case, by the model's key. */
export interface StoredPair {
  readonly agent: string
  readonly model: string
}

/** The bundle whose forecasts are followed. */
export interface FollowedBundle {
  readonly id: string
  /** SHA-256 of the tables it was made from. */
  readonly data: string
}

/** So many are looked at for some that were forecast. */
const MOST_LOOKED_AT = 5000

interface Row {
  readonly started_at: string
  readonly wall_seconds: number | null
  readonly imported_at: string
  readonly made_at: string
  readonly outcome: Outcome | null
  readonly incomplete: number
  readonly output: number | null
  readonly total: number | null
  readonly output_p10: number
  readonly output_p50: number
  readonly output_p90: number
  readonly total_p10: number
  readonly total_p50: number
  readonly total_p90: number
  readonly calibration: string | null
}

/**
 * From the index of pairs to the newest runs, and from each to its forecast. Not told: runs that go on (a gateway tells
 * the time of a run when it has ended), those that the infrastructure ended, and forecasts of the mean of several.
 */
export const FOLLOWED_RUNS_SQL = `
  SELECT * FROM (
    SELECT runs.row, runs.started_at, runs.wall_seconds, sources.imported_at, estimates.made_at, runs.outcome, runs.incomplete, runs.output, ${TOTAL_OF_RUN} AS total,
      estimates.document ->> '$.outputTokens.p10' AS output_p10,
      estimates.document ->> '$.outputTokens.p50' AS output_p50,
      estimates.document ->> '$.outputTokens.p90' AS output_p90,
      estimates.document ->> '$.totalTokens.p10' AS total_p10,
      estimates.document ->> '$.totalTokens.p50' AS total_p50,
      estimates.document ->> '$.totalTokens.p90' AS total_p90,
      estimates.document -> '$.basis.calibration' AS calibration
    FROM (
      SELECT row, task, agent, model_key, started_at, outcome, incomplete, input, cache_read, cache_write_5m,
        cache_write_1h, output, wall_seconds, source
      FROM runs WHERE lower(agent) = @agent AND model_key = @model AND started_at IS NOT NULL
        AND superseded_by IS NULL
      ORDER BY started_at DESC, row DESC LIMIT ${MOST_LOOKED_AT}
    ) AS runs CROSS JOIN estimates CROSS JOIN bundles CROSS JOIN sources
    WHERE estimates.row = ${FORECAST_OF_RUN} AND bundles.row = estimates.bundle AND bundles.id = @id
      AND bundles.data = @data AND sources.row = runs.source
      AND NOT (sources.format = '${GATEWAY_FORMAT}' AND runs.wall_seconds IS NULL)
      AND coalesce(runs.outcome, '') <> 'infra-error'
      AND estimates.document ->> '$.basis.meanOf' = 1
    ORDER BY runs.started_at DESC, runs.row DESC LIMIT @most
  ) ORDER BY started_at, row`

/** Reads the runs of a pair that were forecast by a bundle, in the order they began. */
export function followedRunsReader({ database }: Store) {
  const statement = database.prepare<[Record<string, unknown>], Row>(FOLLOWED_RUNS_SQL)
  return (pair: StoredPair, bundle: FollowedBundle, most = MOST_FOLLOWED_RUNS): readonly FollowedRun[] =>
    statement.all({ ...pair, ...bundle, most }).map(followedRun)
}

function followedRun(row: Row): FollowedRun {
  const ends = (p10: number, p50: number, p90: number): RangeEnds => ({ p10, p50, p90 })
  return {
    startedAt: row.started_at,
    knownMs: Math.max(
      Date.parse(row.started_at) + 1000 * (row.wall_seconds ?? 0),
      Date.parse(row.imported_at),
    ),
    actual: { output: row.output, total: row.total },
    isCapped: row.incomplete === 1 || row.outcome === 'budget-exhausted' || row.outcome === 'timed-out',
    forecast: {
      madeMs: Date.parse(row.made_at),
      output: ends(row.output_p10, row.output_p50, row.output_p90),
      total: ends(row.total_p10, row.total_p50, row.total_p90),
      calibration: row.calibration === null ? null : (JSON.parse(row.calibration) as PairCalibration),
    },
  }
}

/** Every agent with every model that it ran with, one step of the index each. */
export function* storedPairs({ database }: Store): Generator<StoredPair> {
  const nextAgent = database
    .prepare<[string], string | null>('SELECT min(lower(agent)) FROM runs WHERE lower(agent) > ?')
    .pluck()
  const nextModel = database
    .prepare<[string, string], string | null>(
      'SELECT min(model_key) FROM runs WHERE lower(agent) = ? AND model_key > ?',
    )
    .pluck()
  for (let agent = nextAgent.get(''); agent != null; agent = nextAgent.get(agent))
    for (let model = nextModel.get(agent, ''); model != null; model = nextModel.get(agent, model))
      yield { agent, model }
}
