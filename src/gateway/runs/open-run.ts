import { priceCalls } from '../../pricing/call-costs.ts'
import { type Cost, sumCosts } from '../../pricing/cost.ts'
import type { Outcome } from '../../trajectory/run.ts'
import type { PicoUsd } from '../../units.ts'
import type { Call } from '../../usage/call.ts'
import { addTotals, NO_CALLS, sumCalls, type Totals } from '../../usage/sum-calls.ts'
import { type Account, newAccount } from '../budget/account.ts'
import type { Limits } from '../budget/limits.ts'
import { measuresOf, type PriceNow } from '../budget/measure.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { RunMeta } from '../records/journal-entry.ts'
import { newHistory, type PromptHistory } from './prompt-size.ts'

/** Exchanges that are remembered of a run while it is open, the latest. */
const REMEMBERED = 1000

/** Runs that have a budget together. */
export interface Group {
  readonly name: string
  readonly limits: Limits
  readonly account: Account
  readonly openedAtMs: number
}

/** What one model was used for in a run. */
export interface ModelSpend {
  readonly totals: Totals
  readonly cost: Cost<PicoUsd>
}

/** A run while it is open. */
export interface OpenRun {
  readonly meta: RunMeta
  readonly limits: Limits
  readonly group: Group | null
  /** Its own, and that of its group. */
  readonly accounts: readonly Account[]
  readonly openedAtMs: number
  readonly history: PromptHistory
  /** Ends each exchange that is open, as one that was cut. */
  readonly open: Set<(reason: string) => void>
  /** Ids of uses of tools whose answers were seen. */
  readonly toldResults: Set<string>
  /** Requests that failed, by a hash of theirs, and how often. */
  readonly failed: Map<string, number>
  readonly exchanges: Exchange[]
  totals: Totals
  /** By the model that answered; '' = one that nobody named. */
  readonly spend: Map<string, ModelSpend>
  /** What tokens cost now. */
  readonly priceNow: PriceNow
  /** The prompts of the last replies, to see the context grow. */
  lastPrompt: number | null
  lastAtMs: number | null
  /** Calls that were answered with that the budget is used up. */
  refusals: number
  /** Why no further call is let through; null = they are. */
  closed: string | null
  outcome: Outcome | null
}

/** Opens a run. @param priceNow what tokens cost, for a cap in dollars */
export function newRun(
  meta: RunMeta,
  {
    limits,
    group,
    nowMs,
    priceNow,
  }: { limits: Limits; group: Group | null; nowMs: number; priceNow: PriceNow },
): OpenRun {
  const own = newAccount(measuresOf(limits, priceNow))
  return {
    meta,
    limits,
    group,
    accounts: group === null ? [own] : [own, group.account],
    openedAtMs: nowMs,
    history: newHistory(),
    open: new Set(),
    toldResults: new Set(),
    failed: new Map(),
    exchanges: [],
    totals: NO_CALLS,
    spend: new Map(),
    priceNow,
    lastPrompt: null,
    lastAtMs: null,
    refusals: 0,
    closed: null,
    outcome: null,
  }
}

export const newGroup = (
  name: string,
  limits: Limits,
  { nowMs, priceNow }: { readonly nowMs: number; readonly priceNow: PriceNow },
): Group => ({ name, limits, account: newAccount(measuresOf(limits, priceNow)), openedAtMs: nowMs })

/** Takes an exchange into the running totals. */
export function noteExchange(run: OpenRun, exchange: Exchange, nowMs: number): void {
  run.exchanges.push(exchange)
  if (run.exchanges.length > REMEMBERED) run.exchanges.shift()
  run.totals = addTotals(run.totals, sumCalls(exchange.calls))
  for (const call of exchange.calls) spendOn(run, call)
  run.lastAtMs = nowMs
  const prompt = exchange.kind === 'generate' ? promptOf(exchange.calls[0]) : null
  if (prompt !== null) run.lastPrompt = prompt
}

function spendOn({ spend, priceNow }: OpenRun, call: Call): void {
  const model = call.model ?? ''
  const before = spend.get(model)
  const cost = priceCalls(priceNow(model), [call])
  spend.set(model, {
    totals: addTotals(before?.totals ?? NO_CALLS, sumCalls([call])),
    cost: before === undefined ? cost : sumCosts([before.cost, cost]),
  })
}

function promptOf(call: Call | undefined): number | null {
  if (call === undefined || call.usage.input === null) return null
  const { totalInput } = sumCalls([call])
  return totalInput.amount
}
