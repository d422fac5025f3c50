import type { ModelPrice } from '../pricing/model-price.ts'
import { decimalUsd } from '../units.ts'
import type { PairFacts } from './bundle.ts'
import { inputClasses } from './cost.ts'
import type { Forecast } from './forecaster.ts'
import {
  type Outcome,
  type Outcomes,
  outcomesOf,
  type PriceBasis,
  probabilityOver,
  rangeOfOutcome,
} from './outcomes.ts'
import type { Range } from './range.ts'
import type { PairCalibration } from './recalibrated.ts'

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
    /** How runs since have corrected the forecast; left out where they have not. */
    readonly calibration?: PairCalibration
    readonly prices: string | null
    readonly notes: readonly string[]
    readonly reasons: readonly {
      readonly feature: string
      readonly meaning: string
      readonly effect: number
    }[]
  }
}

/** An estimate with the outcomes it was rounded from. */
export interface Estimated {
  readonly estimate: Estimate
  readonly outcomes: Outcomes
}

/** Prices a forecast and rounds it for giving out. `budgetUsd` null = not asked. */
export function estimateOf(
  forecast: Forecast,
  bundle: string,
  price: ModelPrice,
  budgetUsd: number | null,
): Estimated {
  const { agent, model, facts, resolved } = forecast
  const { outcomes, price: priced } = outcomesOf(forecast, price)
  const { usd, calls } = outcomes
  const [output, total] = [knownRange(outcomes.outputTokens), knownRange(outcomes.totalTokens)]
  const estimate: Estimate = {
    agent,
    model,
    outputTokens: rounded(output),
    totalTokens: rounded(total),
    log10TotalTokens: Number(forecast.log10.total.toFixed(4)),
    ...classesOf(facts, total.mean, output.mean),
    calls: calls.kind === 'unknown' ? null : rounded(knownRange(calls)),
    callsReason: calls.kind === 'unknown' ? calls.reason : null,
    costUsd: usd.kind === 'unknown' ? null : usdRange(knownRange(usd)),
    costReason: usd.kind === 'unknown' ? usd.reason : null,
    ...(budgetUsd === null ? {} : { overBudget: overBudget(usd, budgetUsd) }),
    resolved: resolved === null ? null : Number(resolved.toFixed(3)),
    resolvedReason: resolved === null ? 'no outcome of this agent and model is recorded' : null,
    basis: basisOf(forecast, bundle, priced),
  }
  return { estimate, outcomes }
}

function basisOf(forecast: Forecast, bundle: string, price: PriceBasis | null): Estimate['basis'] {
  const { regime, kinship, meanOf, familiar, reasons, calibration } = forecast
  return {
    bundle,
    repository: regime !== 'issue',
    regime,
    kinship,
    meanOf,
    inDistribution: familiar && kinship !== 'unseen',
    familiarTask: familiar,
    ...(calibration === null ? {} : { calibration }),
    prices: price?.source ?? null,
    notes: price?.notes ?? [],
    reasons,
  }
}

function knownRange(outcome: Outcome): Range {
  const range = rangeOfOutcome(outcome)
  if (range === null) throw new Error('the range of what is not known')
  return range
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

const usdRange = ({ mean, p10, p50, p80, p90 }: Range): UsdRange => ({
  mean: decimalUsd(mean),
  p10: decimalUsd(p10),
  p50: decimalUsd(p50),
  p80: decimalUsd(p80),
  p90: decimalUsd(p90),
})

/** Rounded, but of a sample never to 0 or 1: it cannot tell those. */
function overBudget(cost: Outcome, budgetUsd: number): number | null {
  const over = probabilityOver(cost, budgetUsd)
  return cost.kind !== 'known' || over === null
    ? over
    : Math.min(0.999, Math.max(0.001, Number(over.toFixed(3))))
}
