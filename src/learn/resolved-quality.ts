import { resolveProbability } from '../forecast/resolved.ts'
import { brierScore } from '../metrics/brier.ts'
import { type ReliabilityBin, reliabilityTable } from '../metrics/reliability.ts'
import type { Dataset } from './dataset.ts'
import { type Fold, type HeldOut, outside, type Step } from './folds.ts'
import { fitResolved } from './resolved.ts'

/** How good P(resolved) is on tasks held out. */
export interface ResolvedQuality {
  /** Agent and model. */
  readonly pair: string
  readonly brier: number
  /** Of always saying the mean of the tasks not held out. */
  readonly baseline: number
  readonly reliability: readonly ReliabilityBin[]
}

/** On the pair whose single runs carry their outcome, each fold by a fit on the others; null where there is none. */
export async function resolvedQuality(
  dataset: Dataset,
  { sizes }: HeldOut,
  folds: readonly Fold[],
  step: Step,
): Promise<ResolvedQuality | null> {
  const pair = dataset.spend.findIndex((rows) =>
    [...rows.values()].every(({ runs, resolved }) => runs === 1 && resolved !== null),
  )
  const rows = dataset.spend[pair]
  if (rows === undefined) return null
  const scored: { outcome: number; forecast: number; rate: number }[] = []
  for (const fold of folds) {
    const train = outside(dataset, fold)
    const state = fitResolved(dataset, sizes, train)
    const known = train.flatMap((t) => rows.get(t)?.resolved ?? [])
    const rate = known.reduce((sum, outcome) => sum + outcome, 0) / known.length
    for (const t of fold) {
      const outcome = rows.get(t)?.resolved ?? null
      const forecast = resolveProbability(state, pair, sizes[t] as number) ?? rate
      if (outcome !== null) scored.push({ outcome, forecast, rate })
    }
    await step()
  }
  const [outcomes, forecasts] = [scored.map(({ outcome }) => outcome), scored.map(({ forecast }) => forecast)]
  const rates = scored.map(({ rate }) => rate)
  return {
    pair: `${dataset.pairs[pair]?.agent} ${dataset.pairs[pair]?.model}`,
    brier: brierScore(forecasts, outcomes),
    baseline: brierScore(rates, outcomes),
    reliability: reliabilityTable(forecasts, outcomes, 5),
  }
}
