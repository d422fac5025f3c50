import { createHash } from 'node:crypto'
import type { TaskFeatures } from '../features/feature-code.ts'
import type { Estimate } from '../forecast/estimate.ts'
import { modelKey } from '../forecast/model-key.ts'
import type { Store } from './open-store.ts'
import { referenceRows } from './reference-rows.ts'

/** What a forecast was of. */
export interface EstimatedTask {
  readonly id: string
  readonly repository: string | null
  readonly commit: string | null
  /** SHA-256 of the tables that the bundle was made from. */
  readonly data: string
  /** Left out = not to be learnt from. */
  readonly features?: TaskFeatures
}

/** Keeps forecasts one after the other, with the statements prepared once. Call it in a transaction. */
export interface EstimateKeeper {
  /** The row of the task, and the row of each forecast and whether it is new. */
  keep(task: EstimatedTask, forecasts: readonly KeptForecast[], madeAt: string): KeptEstimates
  /** After a transaction that was rolled back, and now and then in a long life. */
  forget(): void
}

/** A forecast, with the text that is kept of it where it was made already. */
export interface KeptForecast {
  readonly agent: string
  readonly model: string
  readonly bundle: string
  /** JSON of the `Estimate`. */
  readonly document: string
}

export interface KeptEstimates {
  readonly task: number
  readonly rows: readonly number[]
  /** How many of them were not there yet. */
  readonly added: number
}

export function estimateKeeper(store: Store): EstimateKeeper {
  const { database } = store
  const references = referenceRows(store)
  const insertBundle = database.prepare<[string, string]>(
    'INSERT INTO bundles (id, data) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  const findBundle = database
    .prepare<[string, string], number>('SELECT row FROM bundles WHERE id = ? AND data = ?')
    .pluck()
  const insert = database.prepare<(string | number | null)[]>(
    `INSERT INTO estimates (id, made_at, task, agent, model, model_key, commit_id, bundle, document)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const find = database.prepare<[string], number>('SELECT row FROM estimates WHERE id = ?').pluck()
  // The first that were made stand, since later ones may have seen what a run changed; but a repository read adds much.
  const keepFeatures = database.prepare<[number, number, Uint8Array]>(
    `INSERT INTO task_features (task, repository, features) VALUES (?, ?, ?)
     ON CONFLICT (task) DO UPDATE SET repository = excluded.repository, features = excluded.features
     WHERE excluded.repository > task_features.repository`,
  )
  const bundleRow = (id: string, data: string): number => {
    const found = findBundle.get(id, data)
    if (found !== undefined) return found
    insertBundle.run(id, data)
    return findBundle.get(id, data) as number
  }
  return {
    forget: references.forget,
    keep(task, forecasts, madeAt) {
      const row = references.task({ id: task.id, benchmark: null, repository: task.repository }) as number
      const { features } = task
      if (features !== undefined) keepFeatures.run(row, Number(features.repository), features.code)
      let added = 0
      const rows = forecasts.map(({ agent, model, bundle, document }) => {
        const id = estimateId(task, document)
        const names = [agent, model, modelKey(model)]
        const done = insert.run(
          ...[id, madeAt, row, ...names, task.commit, bundleRow(bundle, task.data)],
          document,
        )
        added += done.changes
        return done.changes === 1 ? Number(done.lastInsertRowid) : (find.get(id) as number)
      })
      return { task: row, rows, added }
    },
  }
}

/**
 * Keeps forecasts, each once: the same forecast made again, of the same task at the same commit, is the one that is
 * there. Returns how many were new.
 */
export function keepEstimates(
  store: Store,
  task: EstimatedTask,
  { forecasts, atMs }: { readonly forecasts: readonly Estimate[]; readonly atMs: number },
): number {
  const keeper = estimateKeeper(store)
  const kept = forecasts.map(keptForecast)
  const keep = store.database.transaction(() => keeper.keep(task, kept, new Date(atMs).toISOString()))
  return keep.immediate().added
}

export const keptForecast = (forecast: Estimate): KeptForecast => ({
  agent: forecast.agent,
  model: forecast.model,
  bundle: forecast.basis.bundle,
  document: JSON.stringify(forecast),
})

/** Of what is forecast and what was said, not of when. */
const estimateId = (task: EstimatedTask, document: string): string =>
  createHash('sha256')
    .update(
      `[${JSON.stringify([task.id, task.repository, task.commit, task.data]).slice(1, -1)},${document}]`,
    )
    .digest('hex')
    .slice(0, 32)

/** A forecast with the run that came of it; null = none yet. */
export interface MatchedEstimate {
  readonly id: string
  readonly madeAt: string
  readonly task: string
  readonly repository: string | null
  readonly commit: string | null
  readonly forecast: Estimate
  readonly actual: {
    readonly id: string
    readonly outputTokens: number | null
    /** All classes that are known. */
    readonly totalTokens: number | null
    readonly costUsd: string | null
    readonly incomplete: boolean
    readonly outcome: string | null
  } | null
}

interface Row {
  readonly id: string
  readonly made_at: string
  readonly task: string
  readonly repository: string | null
  readonly commit_id: string | null
  readonly document: string
  readonly run: string | null
  readonly output: number | null
  readonly total: number | null
  readonly cost_usd: string | null
  readonly incomplete: number | null
  readonly outcome: string | null
}

/**
 * Every forecast kept, in the order they were made, with the first run of the same task by the same agent and model
 * that began after it.
 */
export function* matchedEstimates({ database }: Store): Generator<MatchedEstimate> {
  const rows = database.prepare<[], Row>(`
    SELECT estimates.id, estimates.made_at, tasks.id AS task, nullif(tasks.repository, '') AS repository,
      estimates.commit_id, estimates.document, runs.id AS run, runs.output, runs.cost_usd, runs.incomplete,
      runs.outcome, runs.input + coalesce(runs.cache_read, 0) + coalesce(runs.cache_write_5m, 0)
        + coalesce(runs.cache_write_1h, 0) + runs.output AS total
    FROM estimates JOIN tasks ON tasks.row = estimates.task
    LEFT JOIN runs ON runs.row = (
      SELECT later.row FROM runs AS later JOIN tasks AS own ON own.row = later.task
      WHERE own.id = tasks.id AND later.superseded_by IS NULL AND later.started_at >= estimates.made_at
        AND (own.repository = '' OR tasks.repository = '' OR own.repository = tasks.repository)
        AND lower(later.agent) = lower(estimates.agent) AND later.model_key = estimates.model_key
      ORDER BY later.started_at, later.row LIMIT 1)
    ORDER BY estimates.made_at, estimates.row`)
  for (const row of rows.iterate()) yield matched(row)
}

const matched = (row: Row): MatchedEstimate => ({
  id: row.id,
  madeAt: row.made_at,
  task: row.task,
  repository: row.repository,
  commit: row.commit_id,
  forecast: JSON.parse(row.document) as Estimate,
  actual:
    row.run === null
      ? null
      : {
          id: row.run,
          outputTokens: row.output,
          totalTokens: row.total,
          costUsd: row.cost_usd,
          incomplete: row.incomplete === 1,
          outcome: row.outcome,
        },
})
