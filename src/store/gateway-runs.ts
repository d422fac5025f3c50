import { createHash } from 'node:crypto'
import type { Action } from '../trajectory/action.ts'
import type { RecordedCall, Run } from '../trajectory/run.ts'
import type { RunCost } from '../trajectory/run-cost.ts'
import { type ExchangeRow, exchangeTable } from './exchange-table.ts'
import { grownCost, grownRun } from './grow-run.ts'
import type { Store } from './open-store.ts'
import { referenceRows } from './reference-rows.ts'
import { runId } from './run-identity.ts'
import { type RunColumns, runTable } from './run-table.ts'
import { storeFailure } from './store-failure.ts'
import { GATEWAY_FORMAT } from './write-run.ts'

/** Raised when the gateway tells the same exchanges differently. */
const VERSION = 1

/** What a run of the gateway is called in the store. */
export const gatewayRunId = (key: string): string => runId({ name: GATEWAY_FORMAT }, key)

/** An exchange with what it was billed for, and what its reply asks for. */
export interface ToldExchange {
  readonly row: ExchangeRow
  readonly calls: readonly RecordedCall[]
  readonly actions: readonly Action[]
  /** It was a turn of the agent. */
  readonly isStep: boolean
}

/** What is told of a run, beside what was told before. */
export interface GatewayTelling {
  /** Without a call; its outcome and time only once it has ended. */
  readonly run: Run
  /** Each is kept once, however often it is told. */
  readonly exchanges: readonly ToldExchange[]
  /** Characters that came back from uses of tools, by their ids. */
  readonly returned: ReadonlyMap<string, number>
}

/** Where a gateway's runs are kept. */
export interface GatewayRuns {
  /** In one step. @throws KnownError `store-failed` */
  readonly keep: (telling: GatewayTelling) => void
}

/**
 * Keeps what a gateway saw, at a cost that does not depend on how long a run is already. @param name of the gateway's
 * records, unique
 */
export function gatewayRuns(
  store: Store,
  name: string,
  { price, atMs }: { readonly price: (run: Run, atMs: number) => RunCost; readonly atMs: number },
): GatewayRuns {
  const { database } = store
  const [table, rows, exchanges, lookUp] = [
    runTable(store),
    referenceRows(store),
    exchangeTable(store),
    lookUps(store),
  ]
  const columnsOf = (run: Run, paid: Pick<RunColumns, 'costUsd' | 'costReason' | 'price'>): RunColumns => ({
    id: gatewayRunId(run.key),
    // Nothing is compared with it: what was told is not read again.
    content: createHash('sha256').update(run.key).digest(),
    source: lookUp.source(name, atMs),
    task: rows.task(run.task),
    ...paid,
  })
  const rowOf = (run: Run): number =>
    table.find(gatewayRunId(run.key))?.row ?? table.insert(run, columnsOf(run, NOTHING_PAID))

  /** The calls of an exchange, where it was not told before. */
  const add = (row: number, told: ToldExchange): readonly RecordedCall[] => {
    const calls = told.calls.map((call, i) => {
      // On the wire every call is billed, whatever ids a server gives: some give none, or the same again.
      const isTaken = call.id === null || lookUp.hasCall(row, call.id)
      return isTaken ? { ...call, id: `${told.row.id}#${i + 1}` } : call
    })
    const actions = told.actions.map((action) => ({ ...action, call: calls[0]?.id ?? null }))
    table.append(row, { perCall: calls, actions })
    for (const { id } of calls) {
      // A log of the same call is trusted less, and not counted beside.
      for (const other of lookUp.logsWithCall(id ?? '')) table.supersede(other, row)
    }
    return calls
  }

  const keep = database.transaction(({ run, exchanges: told, returned }: GatewayTelling) => {
    const row = rowOf(run)
    const fresh = told.filter((exchange) => exchanges.insert(row, exchange.row))
    const calls = fresh.flatMap((exchange) => add(row, exchange))
    for (const [id, chars] of returned) lookUp.tellReturned(row, id, chars)
    const steps = fresh.filter(({ isStep }) => isStep).length
    const grown = grownRun(table.outline(row), { ...run, calls, steps })
    const whole = { ...grown, model: lookUp.mainModel(row) ?? run.model }
    table.update(row, whole, columnsOf(whole, paidFor(row, calls)))
  })

  function paidFor(
    row: number,
    calls: readonly RecordedCall[],
  ): Pick<RunColumns, 'costUsd' | 'costReason' | 'price'> {
    const before = lookUp.paid(row)
    const [first] = calls
    if (first === undefined) return before
    const told = { ...table.outline(row), model: first.model, perCall: calls }
    const { cost, price: rates } = price(told, atMs)
    const { usd, reason } = grownCost({ usd: before.costUsd, reason: before.costReason }, cost)
    return { costUsd: usd, costReason: reason, price: rates === null ? before.price : rows.price(rates) }
  }

  return {
    keep(telling) {
      try {
        keep.immediate(telling)
      } catch (error) {
        rows.forget()
        throw storeFailure(error, store.file)
      }
    },
  }
}

const NOTHING_PAID = { costUsd: '0.00', costReason: null, price: null } as const

/** What is looked up in the store for it. */
function lookUps({ database }: Store) {
  const insertSource = database.prepare<[string, string, number, string, string]>(
    `INSERT INTO sources (sha256, format, reader, name, imported_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const findSource = database
    .prepare<[string, string, number], number>(
      'SELECT row FROM sources WHERE sha256 = ? AND format = ? AND reader = ?',
    )
    .pluck()
  const hasCall = database
    .prepare<[string, number], number>('SELECT 1 FROM calls WHERE id = ? AND run = ?')
    .pluck()
  const logsWithCall = database
    .prepare<[string, string], number>(
      `SELECT runs.row FROM calls JOIN runs ON runs.row = calls.run JOIN sources ON sources.row = runs.source
       WHERE calls.id = ? AND sources.format <> ? AND runs.superseded_by IS NULL`,
    )
    .pluck()
  const mainModel = database
    .prepare<[number], string>(
      `SELECT model FROM calls WHERE run = ? AND model IS NOT NULL
       GROUP BY model ORDER BY sum(output) DESC, min(place) LIMIT 1`,
    )
    .pluck()
  const tellReturned = database.prepare<[number, number, string]>(
    'UPDATE actions SET returned_chars = ? WHERE run = ? AND id = ? AND returned_chars IS NULL',
  )
  const paid = database.prepare<[number], Pick<RunColumns, 'costUsd' | 'costReason' | 'price'>>(
    'SELECT cost_usd AS costUsd, cost_reason AS costReason, price FROM runs WHERE row = ?',
  )
  return {
    source(name: string, atMs: number): number {
      insertSource.run(name, GATEWAY_FORMAT, VERSION, 'gateway', new Date(atMs).toISOString())
      return findSource.get(name, GATEWAY_FORMAT, VERSION) as number
    },
    hasCall: (run: number, id: string): boolean => hasCall.get(id, run) !== undefined,
    logsWithCall: (id: string): readonly number[] => logsWithCall.all(id, GATEWAY_FORMAT),
    mainModel: (run: number): string | null => mainModel.get(run) ?? null,
    tellReturned: (run: number, id: string, chars: number) => tellReturned.run(chars, run, id),
    paid: (run: number) => paid.get(run) ?? NOTHING_PAID,
  }
}
