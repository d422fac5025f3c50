import type { ModelPrice } from '../pricing/model-price.ts'
import { decimalUsd } from '../units.ts'
import type { PairFacts } from './bundle.ts'
import { type CostForecast, inputClasses, priceTokens } from './cost.ts'
import type { Forecast } from './forecaster.ts'
import { exceedance, type Range, rangeOf, sortedRange } from './range.ts'

/** Dollars as decimal strings. */
export interface UsdRange {
  readonly mean: string
  readonly p10: string
  readonly p50: string
  readonly p80: string
  readonly p90: string
}

/** One forecast as it is given out: the document `estimate/1` holds a list of these. Null = unknown, with the reason. */
export interface Estimate {
  readonly agent: string
  readonly model: string
  readonly outputTokens: Range
  readonly totalTokens: Range
  readonly log10TotalTokens: number
  /** Mean tokens by class. */
  readonly classes: {
    readonly input: number
    readonly cacheRead: number | null
    readonly cacheWrite: number | null
    readonly output: number
  }
  readonly classesReason: string | null
  readonly calls: Range | null
  readonly callsReason: string | null
  readonly costUsd: UsdRange | null
  readonly costReason: string | null
  /** P(cost > budget); only where a budget was asked about. */
  readonly overBudget?: number | null
  /** P(resolved) of one run. */
  readonly resolved: number | null
  readonly resolvedReason: string | null
  readonly basis: {
    readonly bundle: string
    /** Whether a repository was read. */
    readonly repository: boolean
    readonly regime: Forecast['regime']
    readonly kinship: Forecast['kinship']
    /** The forecast is of the mean of so many runs. */
    readonly meanOf: number
    /** False: unlike anything trained on; the ranges may not hold. */
    readonly inDistribution: boolean
    /** Whether the task, whoever works on it, is like those trained on. */
    readonly familiarTask: boolean
    readonly prices: string | null
    readonly notes: readonly string[]
    readonly reasons: readonly {
      readonly feature: string
      readonly meaning: string
      readonly effect: number
    }[]
  }
}

/** Prices a forecast and rounds it for giving out. `budgetUsd` null = not asked. */
export function estimateOf(
  forecast: Forecast,
  bundle: string,
  price: ModelPrice,
  budgetUsd: number | null,
): Estimate {
  const { agent, model, regime, kinship, meanOf, familiar, reasons } = forecast
  const cost = priceTokens(forecast, price)
  const sorted = forecast.total.toSorted()
  const [output, total] = [rangeOf(forecast.output), sortedRange(sorted)]
  return {
    agent,
    model,
    outputTokens: rounded(output),
    totalTokens: rounded(total),
    log10TotalTokens: Number(forecast.log10.total.toFixed(4)),
    ...classesOf(forecast.facts, total.mean, output.mean),
    ...callsOf(forecast.facts, sorted),
    costUsd: usdRange(cost),
    costReason: cost.kind === 'unknown' ? cost.reason : null,
    ...(budgetUsd === null ? {} : { overBudget: overBudget(cost, budgetUsd) }),
    resolved: forecast.resolved === null ? null : Number(forecast.resolved.toFixed(3)),
    resolvedReason: forecast.resolved === null ? 'no outcome of this agent and model is recorded' : null,
    basis: {
      bundle,
      repository: regime !== 'issue',
      regime,
      kinship,
      meanOf,
      inDistribution: familiar && kinship !== 'unseen',
      familiarTask: familiar,
      prices: cost.kind === 'unknown' ? null : cost.source,
      notes: cost.kind === 'known' ? cost.notes : [],
      reasons,
    },
  }
}

const rounded = ({ mean, p10, p50, p80, p90 }: Range): Range => ({
  mean: Math.round(mean),
  p10: Math.round(p10),
  p50: Math.round(p50),
  p80: Math.round(p80),
  p90: Math.round(p90),
})

function classesOf(
  facts: PairFacts | null,
  total: number,
  output: number,
): Pick<Estimate, 'classes' | 'classesReason'> {
  const { input, cacheRead, cacheWrite5m } = inputClasses(facts, total - output)
  const whole = (value: number | null) => (value === null ? null : Math.round(value))
  return {
    classes: {
      input: Math.round(input),
      cacheRead: whole(cacheRead),
      cacheWrite: whole(cacheWrite5m),
      output: Math.round(output),
    },
    classesReason:
      cacheRead === null || cacheWrite5m === null
        ? 'how much of the input is cached is not recorded; it is counted in input'
        : null,
  }
}

/** Calls rise with the total tokens as they did in the recorded runs. */
function callsOf(
  facts: PairFacts | null,
  sortedTotals: Float64Array,
): Pick<Estimate, 'calls' | 'callsReason'> {
  const line = facts?.calls ?? null
  if (line === null)
    return { calls: null, callsReason: 'no number of calls is recorded for this agent and model' }
  const [factor, power] = [10 ** line.intercept, line.slope]
  const calls = sortedTotals.map((tokens) => factor * Math.exp(power * Math.log(tokens)))
  // A line that falls would turn the order round.
  return { calls: rounded(line.slope < 0 ? rangeOf(calls) : sortedRange(calls)), callsReason: null }
}

function usdRange(cost: CostForecast): UsdRange | null {
  if (cost.kind === 'unknown') return null
  const range = cost.kind === 'zero' ? { mean: 0, p10: 0, p50: 0, p80: 0, p90: 0 } : rangeOf(cost.usd)
  return {
    mean: decimalUsd(range.mean),
    p10: decimalUsd(range.p10),
    p50: decimalUsd(range.p50),
    p80: decimalUsd(range.p80),
    p90: decimalUsd(range.p90),
  }
}

function overBudget(cost: CostForecast, budgetUsd: number): number | null {
  if (cost.kind === 'unknown') return null
  if (cost.kind === 'zero') return 0
  // Rounded, but never to 0 or 1: no sample can tell those.
  return Math.min(0.999, Math.max(0.001, Number(exceedance(cost.usd, budgetUsd).toFixed(3))))
}
