import { priceCalls } from '../pricing/call-costs.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import { dayPrices, dayReader } from '../trajectory/day-prices.ts'
import { usdOfPico } from '../units.ts'
import { drawRuns } from './draw-runs.ts'
import type { Episodes } from './episodes.ts'
import type { Store } from './open-store.ts'
import { type CallRow, usageOf } from './run-row.ts'

/** Single calls of runs, as columns; NaN = unknown. */
export interface CallTraces {
  /** Places in the episodes, rising. */
  readonly runs: Int32Array
  /** The calls of `runs[i]` are, in order, from `start[i]` to before `start[i + 1]`. */
  readonly start: Int32Array
  /** How many runs there were to draw from: those of the episodes whose calls are kept one by one. */
  readonly drawnFrom: number
  /** Tokens in disjoint classes. */
  readonly input: Float64Array
  readonly cacheRead: Float64Array
  /** For five minutes and for an hour. */
  readonly cacheWrite: Float64Array
  readonly output: Float64Array
  readonly reasoning: Float64Array
  /** How many requests it stands for: more than one where a source tells only the sum for each model. */
  readonly requests: Float64Array
  /** Milliseconds since the epoch. */
  readonly atMs: Float64Array
  /** Dollars at the prices of the day, or else as the source tells them. */
  readonly costUsd: Float64Array
}

export interface TraceOptions {
  /** Null = costs only as they are told. */
  readonly book: PriceBook | null
  /** Default 5,000. */
  readonly maxRuns?: number
  /** Default 1. */
  readonly seed?: number
}

/**
 * The single calls of some runs. Which, where there are more than `maxRuns`, is drawn by the seed and the ids of the runs.
 * Calls are looked up run by run, however many others there are.
 */
export function readCallTraces(store: Store, episodes: Episodes, options: TraceOptions): CallTraces {
  const { book, maxRuns = 5000, seed = 1 } = options
  const read = () => {
    const { places, of } = drawRuns(store, episodes, { table: 'calls', maxRuns, seed })
    const rows = places.map((place) => episodes.row[place] as number)
    return { runs: Int32Array.from(places), drawnFrom: of, ...readCalls(store, rows, book) }
  }
  return store.database.transaction(read).deferred()
}

type Columns = Omit<CallTraces, 'runs' | 'start' | 'drawnFrom'>

function readCalls({ database }: Store, rows: readonly number[], book: PriceBook | null) {
  const count = database.prepare<[number], number>('SELECT count(*) FROM calls WHERE run = ?').pluck()
  const select = database.prepare<[number], CallOfRun>(
    `SELECT calls.*, coalesce(calls.model, runs.model) AS by_model,
       coalesce(calls.at, runs.started_at, sources.imported_at) AS paid_at
     FROM calls JOIN runs ON runs.row = calls.run JOIN sources ON sources.row = runs.source
     WHERE calls.run = ? ORDER BY calls.place`,
  )
  const start = new Int32Array(rows.length + 1)
  for (const [i, row] of rows.entries()) start[i + 1] = (start[i] as number) + (count.get(row) ?? 0)
  const columns = newColumns(start.at(-1) ?? 0)
  const fill = filler(columns, book)
  let place = 0
  for (const row of rows) for (const call of select.iterate(row)) fill(place++, call)
  return { start, ...columns }
}

interface CallOfRun extends CallRow {
  readonly by_model: string | null
  readonly paid_at: string
}

function newColumns(size: number): Columns {
  const reals = () => new Float64Array(size)
  return {
    input: reals(),
    cacheRead: reals(),
    cacheWrite: reals(),
    output: reals(),
    reasoning: reals(),
    requests: reals(),
    atMs: reals(),
    costUsd: reals(),
  }
}

function filler(columns: Columns, book: PriceBook | null): (place: number, call: CallOfRun) => void {
  const price = book === null ? () => null : pricer(book)
  return (place, call) => {
    const { cache_write_5m: short, cache_write_1h: long } = call
    const writes = short === null && long === null ? null : (short ?? 0) + (long ?? 0) // the other is part of input
    columns.input[place] = call.input ?? Number.NaN
    columns.cacheRead[place] = call.cache_read ?? Number.NaN
    columns.cacheWrite[place] = writes ?? Number.NaN
    columns.output[place] = call.output ?? Number.NaN
    columns.reasoning[place] = call.reasoning ?? Number.NaN
    columns.requests[place] = call.requests ?? Number.NaN
    columns.atMs[place] = call.at === null ? Number.NaN : Date.parse(call.at)
    columns.costUsd[place] = price(call) ?? Number(call.reported_usd ?? Number.NaN)
  }
}

/** Dollars of a call at the price of its day; null where that is unknown, or where some of its tokens are. */
function pricer(book: PriceBook): (call: CallOfRun) => number | null {
  const priceOn = dayPrices(book)
  const dayOf = dayReader()
  return (call) => {
    const day = dayOf(call.paid_at)
    if (call.by_model === null || call.incomplete === 1 || day === null) return null
    const cost = priceCalls(priceOn(call.by_model, day), [{ usage: usageOf(call), requests: call.requests }])
    return cost.kind === 'unknown' ? null : usdOfPico(cost.amount)
  }
}
