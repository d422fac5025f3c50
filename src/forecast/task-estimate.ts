import { extractFeatures, type Features } from '../features/features.ts'
import { type PriceBook, priceOf } from '../pricing/price-book.ts'
import type { Issue } from '../task/issue.ts'
import type { Snapshot } from '../task/snapshot.ts'
import { type Estimate, type Estimated, estimateOf } from './estimate.ts'
import type { Forecaster } from './forecaster.ts'
import { defaultAgent, modelsOf } from './pair.ts'
import { type CalibrationTable, calibrationOf } from './recalibrated.ts'
import type { SelfForecast } from './self-forecast.ts'

/** Everything an estimate depends on, read already. */
export interface EstimateInput {
  readonly issue: Issue
  readonly snapshot: Snapshot | null
  /** Of the two, where they are read already. */
  readonly features?: Features
  /** `owner/name`; null = not known. */
  readonly repository: string | null
  /** Null: the agent the bundle knows best. */
  readonly agent: string | null
  /** Null: every model the bundle knows with that agent. */
  readonly models: readonly string[] | null
  readonly meanOf: number
  readonly budgetUsd: number | null
  /** What the models say themselves, by model; absent = not asked. */
  readonly selfForecasts: Readonly<Record<string, SelfForecast>>
  /** What runs have told since the bundle was made; left out = nothing. */
  readonly calibrations?: CalibrationTable
  /** The day whose prices are in force, in milliseconds since the epoch. */
  readonly atMs: number
}

/** One estimate per model. Pure: same input, same bytes. */
export const estimateTask = (
  forecaster: Forecaster,
  prices: PriceBook,
  input: EstimateInput,
): readonly Estimate[] => estimateOutcomes(forecaster, prices, input).map(({ estimate }) => estimate)

/** The same with the outcomes each estimate was rounded from. */
export function estimateOutcomes(
  forecaster: Forecaster,
  prices: PriceBook,
  input: EstimateInput,
): readonly Estimated[] {
  const { bundle } = forecaster
  const agent = input.agent ?? defaultAgent(bundle)
  const task = forecaster.task(
    input.features ?? extractFeatures(input.issue, input.snapshot),
    input.repository,
  )
  return (input.models ?? modelsOf(bundle, agent)).map((model) => {
    const selfForecast = Object.hasOwn(input.selfForecasts, model)
      ? (input.selfForecasts[model] ?? null)
      : null
    const calibration = calibrationOf(input.calibrations ?? {}, agent, model)
    const forecast = task.forecast({ agent, model, meanOf: input.meanOf, selfForecast, calibration })
    return estimateOf(forecast, bundle.id, priceOf(prices, model, input.atMs), input.budgetUsd)
  })
}
