import type { Estimate } from '../forecast/estimate.ts'
import type { Store } from './open-store.ts'

/** Tokens in disjoint classes, as the store's columns are called. */
export const TOKEN_CLASSES = ['input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output'] as const
export type TokenClass = (typeof TOKEN_CLASSES)[number]

/** A run with the forecast that stood when it began. Null = unknown, or none. */
export interface RecentRun {
  readonly agent: string | null
  readonly model: string | null
  readonly tokens: Readonly<Record<TokenClass, number | null>>
  /** All classes together; null where what is written, or read anew, is not known. */
  readonly totalTokens: number | null
  /** Every total is "at least". */
  readonly incomplete: boolean
  /** By our prices. */
  readonly costUsd: string | null
  /** The last one of the same task, agent and model from before it. */
  readonly forecast: Estimate | null
}

interface Row extends Record<TokenClass, number | null> {
  readonly agent: string | null
  readonly model_name: string | null
  readonly incomplete: number
  readonly cost_usd: string | null
  readonly document: string | null
}

/**
 * Reads the runs that were stored last, of `most` those that no other stands for. However much there is in the store, no
 * more is looked at: runs are taken by their row, and their forecasts by the indices of tasks.
 */
export function recentRuns({ database }: Store): (most: number) => readonly RecentRun[] {
  const rows = database.prepare<[number], Row>(`
    SELECT last.agent, last.model_name, last.input, last.cache_read, last.cache_write_5m, last.cache_write_1h,
      last.output, last.incomplete, last.cost_usd, estimates.document
    FROM (SELECT * FROM runs ORDER BY row DESC LIMIT ?) AS last
    LEFT JOIN estimates ON estimates.row = (
      SELECT kept.row FROM tasks AS own
      JOIN tasks AS same ON same.id = own.id
        AND (own.repository = '' OR same.repository = '' OR own.repository = same.repository)
      JOIN estimates AS kept ON kept.task = same.row
      WHERE own.row = last.task AND own.id <> '' AND kept.made_at <= last.started_at
        AND lower(kept.agent) = lower(last.agent) AND kept.model_key = last.model_key
      ORDER BY kept.made_at DESC, kept.row DESC LIMIT 1)
    WHERE last.superseded_by IS NULL`)
  return (most) => rows.all(most).map(recentRun)
}

function recentRun({ agent, model_name, incomplete, cost_usd, document, ...tokens }: Row): RecentRun {
  const { input, cache_read, cache_write_5m, cache_write_1h, output } = tokens
  // As in matchedEstimates: classes that a source does not have are left out, and input and output it must have.
  const cached = [cache_read, cache_write_5m, cache_write_1h].filter((count) => count !== null)
  return {
    agent,
    model: model_name,
    tokens: { input, cache_read, cache_write_5m, cache_write_1h, output },
    totalTokens:
      input === null || output === null ? null : cached.reduce((sum, count) => sum + count, input + output),
    incomplete: incomplete === 1,
    costUsd: cost_usd,
    forecast: document === null ? null : (JSON.parse(document) as Estimate),
  }
}
