import { type Outcome, rangeOfOutcome } from '../../forecast/outcomes.ts'
import type { Range } from '../../forecast/range.ts'
import { sumOf } from '../../gate/sum.ts'
import { clusteredMean } from '../../metrics/clustered-mean.ts'
import { iccOf } from '../../metrics/icc.ts'
import { normalQuantile } from '../../regress/normal.ts'
import type { Plan } from '../../runner/plan.ts'
import { attempt } from '../cells.ts'
import { issuesForecast, isTold, type Outlook, runsSaid } from './assumptions.ts'
import type { PlannedForecast } from './knowledge.ts'
import { runsPerSystem, runsPerTask, tasksIn } from './planned.ts'
import type { Rows } from './recorded.ts'

/** From the strongest. */
const BASES = ['runs', 'forecast', 'plan', 'nothing'] as const

/** What some runs will spend in all, in dollars or tokens. */
export interface Spend {
  readonly outcome: Outcome
  /** Of several systems, the weakest; of `plan`, nothing tells how far it may miss. */
  readonly basis: (typeof BASES)[number]
  /** For the reader: `240 runs of 80 tasks`. */
  readonly from: string
}

/** What a system spends in a plan. */
export interface SystemSpend {
  readonly usd: Spend
  readonly totalTokens: Spend
}

/** Correlation of the errors of two models on the same tasks: .3 to .8 in the shipped bundle, half above .5. */
export const BETWEEN_SYSTEMS = 0.5

/** Of recorded runs first, then of forecasts of the very issues, then as the plan says. */
export function spendOf(
  plan: Plan,
  { recorded }: Outlook,
  forecasts: readonly PlannedForecast[],
): SystemSpend {
  const { assume } = plan
  const own = (rows: Rows, quantity: 'usd' | 'totalTokens', perRun: number | null): Spend => {
    const forecast = forecastSpend(plan, forecasts, quantity)
    const known = forecast?.outcome.kind === 'unknown' ? null : forecast
    return recordedSpend(plan, rows) ?? known ?? saidSpend(plan, perRun) ?? forecast ?? NOTHING_TOLD
  }
  return {
    usd: own(recorded.usd, 'usd', assume.usdPerRun),
    totalTokens: own(recorded.total, 'totalTokens', assume.totalTokensPerRun),
  }
}

/** All systems together: their errors on the same tasks go together, but not all the way. */
export function allSpend(systems: readonly { readonly name: string; readonly spend: Spend }[]): Spend {
  const summands = systems.map(({ name, spend }) => ({
    outcome: named(spend.outcome, name),
    key: name,
    repository: null,
    correlation: BETWEEN_SYSTEMS,
  }))
  return {
    outcome: sumOf(summands),
    basis: BASES.findLast((basis) => systems.some(({ spend }) => spend.basis === basis)) ?? 'nothing',
    from: [...new Set(systems.map(({ spend }) => spend.from))].join('; '),
  }
}

/** Where one of several is not known, which. */
const named = (outcome: Outcome, name: string): Outcome =>
  outcome.kind === 'unknown' ? { kind: 'unknown', reason: `${name}: ${outcome.reason}` } : outcome

/** Mean and quantiles; null where it is not known. Of what the plan assumes, only the mean is to be told. */
export const rangeOfSpend = ({ outcome }: Spend): Range | null => rangeOfOutcome(outcome)

/** As many runs of as many new tasks: the mean of the past, which may be off, and tasks that differ. */
function recordedSpend(plan: Plan, rows: Rows): Spend | null {
  if (!isTold(rows)) return null
  const { estimate: mean, standardError } = clusteredMean(rows.values, rows.codes)
  const from = runsSaid(rows)
  const runs = runsPerSystem(plan)
  if (mean === 0) return { outcome: { kind: 'zero' }, basis: 'runs', from }
  const variance = rows.values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows.values.length - 1)
  const icc = attempt(() => iccOf(rows.values, rows.codes).estimate)
  // Without repeats nothing tells how far those of a task go together: all the way is the widest.
  const together = typeof icc === 'number' ? Math.min(1, Math.max(0, icc)) : 1
  const ofTask = variance * (together + (1 - together) / runsPerTask(plan))
  const sd = runs * Math.hypot(standardError, Math.sqrt(ofTask / tasksIn(plan)))
  return { outcome: logNormal(runs * mean, sd), basis: 'runs', from }
}

const LEVELS = 401

/** Equally likely amounts with a mean and a standard deviation; sums of log-normals are nearly such (Fenton 1960). */
function logNormal(mean: number, sd: number): Outcome {
  const width = Math.sqrt(Math.log1p((sd / mean) ** 2))
  const shape = Float64Array.from({ length: LEVELS }, (_, i) =>
    Math.exp(width * normalQuantile((i + 0.5) / LEVELS)),
  )
  const scale = (mean * LEVELS) / shape.reduce((sum, value) => sum + value, 0)
  return { kind: 'known', sorted: shape.map((value) => value * scale) }
}

/** Said of the forecast of such a model. */
export const NEVER_TRAINED = 'never trained on'

/** The sum over the issues, as wide as their errors go together. */
function forecastSpend(
  plan: Plan,
  forecasts: readonly PlannedForecast[],
  quantity: 'usd' | 'totalTokens',
): Spend | null {
  if (forecasts.length === 0) return null
  const runs = runsPerTask(plan)
  const summands = forecasts.map(({ outcomes, task, repository, correlation }) => ({
    outcome: times(outcomes[quantity], runs),
    key: task,
    repository,
    correlation,
  }))
  const strange = forecasts.some(({ seen }) => !seen) ? `, ${NEVER_TRAINED}` : ''
  return {
    outcome: sumOf(summands),
    basis: 'forecast',
    from: `${issuesForecast(forecasts.length)}${strange}`,
  }
}

const times = (outcome: Outcome, factor: number): Outcome =>
  outcome.kind === 'known'
    ? { kind: 'known', sorted: outcome.sorted.map((value) => value * factor) }
    : outcome

function saidSpend(plan: Plan, perRun: number | null): Spend | null {
  if (perRun === null) return null
  const sorted = Float64Array.of(perRun * runsPerSystem(plan))
  return { outcome: { kind: 'known', sorted }, basis: 'plan', from: 'the plan' }
}

const NOTHING_TOLD: Spend = {
  outcome: {
    kind: 'unknown',
    reason: 'no runs of it are recorded, no issue is forecast, and the plan assumes nothing',
  },
  basis: 'nothing',
  from: 'not known',
}
