import type { Action, ActionKind } from '../trajectory/action.ts'
import type { Conditions, RecordedCall } from '../trajectory/run.ts'
import type { Quality } from '../usage/call.ts'
import type { Usage } from '../usage/usage.ts'

/** The counts of a row, as its columns are called. */
export interface UsageColumns {
  readonly input: number | null
  readonly cache_read: number | null
  readonly cache_write_5m: number | null
  readonly cache_write_1h: number | null
  readonly output: number | null
  readonly reasoning: number | null
}

/** A row of `calls`. */
export interface CallRow extends UsageColumns {
  readonly place: number
  readonly id: string | null
  readonly at: string | null
  readonly model: string | null
  readonly requests: number | null
  readonly incomplete: number
  readonly quality: Quality
  readonly reported_usd: string | null
}

/** The conditions of a row of `runs`, as its columns are called. */
export interface ConditionColumns {
  /** Infinity = uncapped. */
  readonly multiplier: number | null
  readonly host: string | null
  readonly concurrency: number | null
}

export const conditionsOf = ({ multiplier, host, concurrency }: ConditionColumns): Conditions => ({
  multiplier,
  host,
  concurrency,
})

/** A row of `actions`. */
export interface ActionRow {
  readonly id: string | null
  readonly call: string | null
  readonly tool: string
  readonly kind: ActionKind
  readonly target: string | null
  readonly returned_chars: number | null
}

export const actionOf = ({ returned_chars, id, call, tool, kind, target }: ActionRow): Action => ({
  id,
  call,
  tool,
  kind,
  target,
  returnedChars: returned_chars,
})

export const usageOf = (row: UsageColumns): Usage => ({
  input: row.input,
  cacheRead: row.cache_read,
  cacheWrite5m: row.cache_write_5m,
  cacheWrite1h: row.cache_write_1h,
  output: row.output,
  reasoning: row.reasoning,
})

export const callOf = (row: CallRow): RecordedCall => ({
  id: row.id,
  model: row.model,
  usage: usageOf(row),
  requests: row.requests,
  incomplete: row.incomplete === 1,
  quality: row.quality,
  at: row.at,
  reportedUsd: row.reported_usd,
})
