import type { Run } from '../trajectory/run.ts'
import type { RunCost } from '../trajectory/run-cost.ts'
import type { Store } from './open-store.ts'
import { runId } from './run-identity.ts'
import { storeFailure } from './store-failure.ts'
import { GATEWAY_FORMAT, runWriter } from './write-run.ts'

/** A row of `exchanges`, in the order of its columns, without the run. */
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

/** Raised when the gateway tells the same exchanges differently. */
const VERSION = 1
const FORMAT = { name: GATEWAY_FORMAT }

/** What a run of the gateway is called in the store. */
export const gatewayRunId = (key: string): string => runId(FORMAT, key)

/** Where a gateway's runs are kept. */
export interface GatewayRuns {
  /** A run as far as it is told, with exchanges that were not kept yet: in one step, and once however often. */
  readonly keep: (run: Run, exchanges: readonly ExchangeRow[]) => void
}

/**
 * Keeps what a gateway saw. @param name of the gateway's records, unique
 * @throws KnownError `store-failed`
 */
export function gatewayRuns(
  store: Store,
  name: string,
  { price, atMs }: { readonly price: (run: Run, atMs: number) => RunCost; readonly atMs: number },
): GatewayRuns {
  const { database } = store
  const writer = runWriter(store, price)
  const insertSource = database.prepare<[string, string, number, string, string]>(
    `INSERT INTO sources (sha256, format, reader, name, imported_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const findSource = database
    .prepare<[string, string, number], number>(
      'SELECT row FROM sources WHERE sha256 = ? AND format = ? AND reader = ?',
    )
    .pluck()
  const findRun = database.prepare<[string], number>('SELECT row FROM runs WHERE id = ?').pluck()
  const insertExchange = database.prepare<(string | number | null)[]>(
    `INSERT OR REPLACE INTO exchanges (run, id, at, provider, kind, path, model_asked, model_answered, streams,
       max_output, retry, ending, status, stop_reason, tools, request_bytes, reply_bytes, latency_ms, first_byte_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const keep = database.transaction((run: Run, exchanges: readonly ExchangeRow[]) => {
    insertSource.run(name, GATEWAY_FORMAT, VERSION, 'gateway', new Date(atMs).toISOString())
    const source = findSource.get(name, GATEWAY_FORMAT, VERSION) as number
    writer.write(run, { format: FORMAT, source, atMs })
    const row = findRun.get(gatewayRunId(run.key)) as number
    for (const exchange of exchanges) insertExchange.run(row, ...valuesOf(exchange))
  })
  return {
    keep(run, exchanges) {
      try {
        keep.immediate(run, exchanges)
      } catch (error) {
        writer.forget()
        throw storeFailure(error, store.file)
      }
    },
  }
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
