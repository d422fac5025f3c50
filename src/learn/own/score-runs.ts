import type { Features } from '../../features/features.ts'
import { EXTRACTORS, featureNames } from '../../features/features.ts'
import type { Bundle } from '../../forecast/bundle.ts'
import { forecasterOf } from '../../forecast/forecaster.ts'
import { LEVELS, rangeOf } from '../../forecast/range.ts'
import { QUANTITIES, type Quantity } from '../dataset.ts'
import type { OwnHistory, OwnTask } from './history.ts'

/** How one run was forecast, in log10 tokens. */
export interface ScoredRun {
  /** Its place in the history. */
  readonly run: number
  readonly by: Readonly<Record<Quantity, ScoredQuantity>>
  readonly resolved: number | null
}

export interface ScoredQuantity {
  readonly actual: number
  readonly p50: number
  /** Mean pinball loss over the levels that ranges are told at. */
  readonly loss: number
  readonly covered: boolean
}

/** Forecasts the runs at `places` with a bundle, and holds them against what came. */
export function scoreRuns(
  bundle: Bundle,
  history: OwnHistory,
  places: readonly number[],
): readonly ScoredRun[] {
  const forecaster = forecasterOf(bundle)
  return places.map((place) => {
    const run = history.runs[place] as OwnHistory['runs'][number]
    const task = history.tasks[run.task] as OwnTask
    const { agent, model } = history.pairs[run.pair] as OwnHistory['pairs'][number]
    const request = { agent, model, meanOf: 1, selfForecast: null }
    const forecast = forecaster.task(task.features() ?? blank(task), task.repository).forecast(request)
    const scored = QUANTITIES.map((quantity) => [quantity, scoreOf(run[quantity], forecast[quantity])])
    return { run: place, by: Object.fromEntries(scored) as ScoredRun['by'], resolved: forecast.resolved }
  })
}

function scoreOf(actual: number, sample: Float64Array): ScoredQuantity {
  const range = rangeOf(sample)
  const levels = Object.entries(LEVELS) as [keyof typeof LEVELS, number][]
  const losses = levels.map(([name, level]) => {
    const missed = actual - Math.log10(range[name])
    return missed >= 0 ? level * missed : (level - 1) * missed
  })
  return {
    actual,
    p50: Math.log10(range.p50),
    loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    covered: actual >= Math.log10(range.p10) && actual <= Math.log10(range.p90),
  }
}

/** A task of which nothing is known but who it is. */
function blank({ fingerprint }: OwnTask): Features {
  const groups = Object.keys(EXTRACTORS) as (keyof typeof EXTRACTORS)[]
  return {
    dense: Object.fromEntries(
      groups.map((group) => [group, featureNames(group).map(() => null)]),
    ) as unknown as Features['dense'],
    bags: { text: new Map(), title: new Map() },
    repository: false,
    fingerprint,
  }
}
