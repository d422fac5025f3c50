import type { Estimate } from '../forecast/estimate.ts'
import { modelKey } from '../forecast/model-key.ts'
import type { PlayerCounts } from '../gateway/cassette/player.ts'
import { type LiveLimit, liveRun } from '../gateway/runs/live.ts'
import type { ModelSpend, OpenRun } from '../gateway/runs/open-run.ts'
import { type Cost, sumCosts } from '../pricing/cost.ts'
import { exactUsd, type PicoUsd } from '../units.ts'
import type { Count } from '../usage/count.ts'
import type { Totals } from '../usage/sum-calls.ts'

/** Tokens of each class: `atLeast` = some calls told less than they used. */
export interface BilledTokens {
  readonly calls: Count
  readonly input: Count
  readonly cacheRead: Count
  readonly cacheWrite5m: Count
  readonly cacheWrite1h: Count
  readonly output: Count
  readonly reasoning: Count
  readonly total: Count
  /** A decimal; null = unknown, with the reason. */
  readonly costUsd: string | null
  readonly costReason: string | null
}

/** What a run spent, beside what was forecast and what it was allowed: the document `bill/1`. */
export interface RunBill {
  readonly schema: 'bill/1'
  readonly run: string
  /** The file of the store that holds the run; null = none does. */
  readonly store: string | null
  readonly command: readonly string[]
  readonly exit: number | null
  readonly signal: string | null
  /** `budget-exhausted` where a call was refused; null = the gateway cannot tell. */
  readonly outcome: string | null
  readonly wallSeconds: number
  /** How its replies were found in a cassette: nothing was paid, and costs are what they would be; null = no replay. */
  readonly replayed: PlayerCounts | null
  readonly actual: BilledTokens
  readonly models: readonly ({ readonly model: string | null } & BilledTokens)[]
  readonly caps: readonly LiveLimit[]
  /** How long it was allowed to take; null = as long as it liked. */
  readonly maxSeconds: number | null
  /** Of the model that wrote most; null = none was asked for, or none fits. */
  readonly forecast: Estimate | null
  readonly forecastReason: string | null
}

/** What became of the command. */
export interface CommandEnd {
  readonly command: readonly string[]
  readonly exit: number | null
  readonly signal: string | null
  readonly store: string | null
  readonly replayed: PlayerCounts | null
  /** Of every model asked about; null = no task was named. */
  readonly forecasts: readonly Estimate[] | null
  readonly nowMs: number
}

/** The bill of a run. */
export function runBill(run: OpenRun, end: CommandEnd): RunBill {
  const { command, exit, signal, store, replayed, forecasts, nowMs } = end
  const models = [...run.spend].map(([model, spend]) => ({
    model: model === '' ? null : model,
    ...tokensOf(spend),
  }))
  models.sort((a, b) => b.output.amount - a.output.amount)
  const whole = { totals: run.totals, cost: sumCosts([...run.spend.values()].map(({ cost }) => cost)) }
  return {
    schema: 'bill/1',
    run: run.meta.id,
    store: run.exchanges.length === 0 ? null : store,
    command,
    exit,
    signal,
    outcome: run.outcome,
    wallSeconds: Math.round((nowMs - run.openedAtMs) / 10) / 100,
    replayed,
    actual: tokensOf(whole),
    models,
    caps: liveRun(run, nowMs).limits,
    maxSeconds: run.limits.seconds,
    ...forecastOf(models[0]?.model ?? null, forecasts),
  }
}

function tokensOf({
  totals,
  cost,
}: {
  readonly totals: Totals
  readonly cost: ModelSpend['cost']
}): BilledTokens {
  const { classes, total, requests } = totals
  return { calls: requests, ...classes, total, ...costOf(cost) }
}

const costOf = (cost: Cost<PicoUsd>): Pick<BilledTokens, 'costUsd' | 'costReason'> =>
  cost.kind === 'unknown'
    ? { costUsd: null, costReason: cost.reason }
    : { costUsd: exactUsd(cost.amount), costReason: null }

function forecastOf(
  model: string | null,
  forecasts: readonly Estimate[] | null,
): Pick<RunBill, 'forecast' | 'forecastReason'> {
  if (forecasts === null) return { forecast: null, forecastReason: 'no task was named' }
  const only = forecasts.length === 1 ? forecasts[0] : undefined
  const found = forecasts.find((forecast) => model !== null && isSameModel(forecast.model, model)) ?? only
  if (found !== undefined) return { forecast: found, forecastReason: null }
  const reason = model === null ? 'no model was used' : `none was made for ${model}`
  return { forecast: null, forecastReason: reason }
}

/** Whether both name one model, which answers under a dated name: `gpt-5-2025-08-07`, `claude-sonnet-4-5-20250929`. */
export const isSameModel = (one: string, other: string): boolean => modelKey(one) === modelKey(other)
