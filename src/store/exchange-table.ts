import type { Store } from './open-store.ts'

/** A row of `exchanges`, without its run. */
export interface ExchangeRow {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly provider: string
  readonly kind: string
  readonly path: string
  readonly modelAsked: string | null
  readonly modelAnswered: string | null
  readonly streams: boolean
  readonly maxOutput: number | null
  readonly retry: number
  readonly ending: string
  readonly status: number | null
  readonly stopReason: string | null
  readonly tools: readonly string[]
  readonly requestBytes: number
  readonly replyBytes: number
  readonly latencyMs: number
  readonly firstByteMs: number | null
}

/** The table of exchanges with providers. */
export function exchangeTable({ database }: Store) {
  const insert = database.prepare<(string | number | null)[]>(
    `INSERT INTO exchanges (run, id, at, provider, kind, path, model_asked, model_answered, streams,
       max_output, retry, ending, status, stop_reason, tools, request_bytes, reply_bytes, latency_ms, first_byte_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  return {
    /** Whether it was new. */
    insert: (run: number, exchange: ExchangeRow): boolean =>
      insert.run(run, ...valuesOf(exchange)).changes === 1,
  }
}

/** A row as it is kept, its two fields that SQLite has no type for in another form. */
type Kept = Omit<ExchangeRow, 'streams' | 'tools'> & { readonly streams: number; readonly tools: string }

/** Reads the exchanges of a run by its id, in the order they began; empty where no gateway saw it. */
export function exchangeReader({ database }: Store): (run: string) => readonly ExchangeRow[] {
  const select = database.prepare<[string], Kept>(
    `SELECT exchanges.id, at, provider, kind, path, model_asked AS modelAsked, model_answered AS modelAnswered,
       streams, max_output AS maxOutput, retry, ending, status, stop_reason AS stopReason, tools,
       request_bytes AS requestBytes, reply_bytes AS replyBytes, latency_ms AS latencyMs, first_byte_ms AS firstByteMs
     FROM exchanges WHERE run = (SELECT row FROM runs WHERE runs.id = ?) ORDER BY at, exchanges.id`,
  )
  return (run) =>
    select.all(run).map((kept) => ({
      ...kept,
      streams: kept.streams === 1,
      tools: JSON.parse(kept.tools) as readonly string[],
    }))
}

const valuesOf = (exchange: ExchangeRow): (string | number | null)[] => [
  exchange.id,
  exchange.at,
  exchange.provider,
  exchange.kind,
  exchange.path,
  exchange.modelAsked,
  exchange.modelAnswered,
  Number(exchange.streams),
  exchange.maxOutput,
  exchange.retry,
  exchange.ending,
  exchange.status,
  exchange.stopReason,
  JSON.stringify(exchange.tools),
  exchange.requestBytes,
  exchange.replyBytes,
  exchange.latencyMs,
  exchange.firstByteMs,
]
