import type { SpendForecast } from '../../report/plan-run/plan-run-document.ts'
import { exactUsd, picoOfDecimal } from '../../units.ts'

/** What a job has spent so far, over all its runs. */
export interface LiveSpend {
  readonly calls: number
  readonly totalTokens: number
  readonly outputTokens: number
  /** Some calls told less than they used, or a run told nothing. */
  readonly atLeast: boolean
  /** A decimal; null = a price is not known. */
  readonly costUsd: string | null
}

/** How far a job has come. */
export interface LiveProgress {
  /** How many runs it makes; null = it has not been planned yet. */
  readonly runs: number | null
  readonly ended: number
  /** Of all its runs together; null = not told yet. */
  readonly forecast: SpendForecast | null
  readonly spent: LiveSpend
}

/** An event of a job, its data being JSON. */
export interface ToldEvent {
  readonly event: string
  readonly data: string
}

interface RunTold {
  readonly run: string
  readonly calls: number
  readonly totalTokens: number
  readonly outputTokens: number
  readonly atLeast: boolean
  readonly costUsd: string | null
}

/** A run of which nothing was counted has spent at least nothing. */
const UNTOLD = { calls: 0, totalTokens: 0, outputTokens: 0, atLeast: true, costUsd: null }

/**
 * How far a job has come by its events, in order: `planned`, `ended`, and `spend`, which tells what is going on. What a
 * run is told to have spent at its end stands, whatever is told of it meanwhile.
 */
export function liveProgress(events: readonly ToldEvent[]): LiveProgress {
  const spent = new Map<string, Omit<RunTold, 'run'>>()
  const ended = new Set<string>()
  let [runs, forecast]: [number | null, SpendForecast | null] = [null, null]
  for (const { event, data } of events) {
    if (event === 'planned') {
      const planned = JSON.parse(data) as {
        readonly runs: readonly string[]
        readonly forecast: SpendForecast
      }
      runs = planned.runs.length
      forecast = planned.forecast
    } else if (event === 'spend') {
      const told = JSON.parse(data) as { readonly runs: readonly RunTold[] }
      for (const { run, ...counts } of told.runs) if (!ended.has(run)) spent.set(run, counts)
    } else if (event === 'ended') {
      const { run, retried, spent: own } = JSON.parse(data) as EndTold
      spent.set(run, own === null ? UNTOLD : { ...own, costUsd: own.usd })
      if (!ended.has(run) && !retried) ended.add(run)
    }
  }
  return { runs, ended: ended.size, forecast, spent: sumOf([...spent.values()]) }
}

interface EndTold {
  readonly run: string
  /** It is tried again. */
  readonly retried: boolean
  readonly spent: (Omit<RunTold, 'run' | 'costUsd'> & { readonly usd: string | null }) | null
}

function sumOf(runs: readonly Omit<RunTold, 'run'>[]): LiveSpend {
  const sum = (of: 'calls' | 'totalTokens' | 'outputTokens') => runs.reduce((all, run) => all + run[of], 0)
  const costs = runs.map(({ costUsd }) => (costUsd === null ? null : picoOfDecimal(costUsd)))
  const known = costs.filter((cost) => cost !== null)
  return {
    calls: sum('calls'),
    totalTokens: sum('totalTokens'),
    outputTokens: sum('outputTokens'),
    atLeast: runs.some(({ atLeast }) => atLeast),
    costUsd: known.length < costs.length ? null : exactUsd(known.reduce((all, cost) => all + cost, 0n)),
  }
}
