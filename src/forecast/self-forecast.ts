import type { PairFacts } from './bundle.ts'

/** What a model, asked before the run, says that it will spend: an optional feature, since asking costs money. */
export interface SelfForecast {
  readonly outputTokens: number
  readonly totalTokens: number
}

/** Forecasts further out than this count no further: models sometimes answer 0 or a billion. */
const CLIP = 4

/** The hints to a pooled model: both forecasts in standard deviations of the model's own; null without a scale. */
export function hintsOf(
  forecast: SelfForecast | null,
  scale: PairFacts['selfForecast'] | undefined,
): readonly number[] | null {
  if (forecast === null || !scale) return null
  const standard = (tokens: number, [mean, sd]: readonly [number, number]) =>
    Math.min(CLIP, Math.max(-CLIP, (Math.log10(tokens) - mean) / sd))
  return [standard(forecast.outputTokens, scale.output), standard(forecast.totalTokens, scale.total)]
}

/** Scale of a model's forecasts; null for fewer than 20 of them. */
export function selfForecastScale(forecasts: readonly SelfForecast[]): PairFacts['selfForecast'] {
  if (forecasts.length < 20) return null
  const scale = (pick: (forecast: SelfForecast) => number): [number, number] => {
    const logs = forecasts.map((forecast) => Math.log10(pick(forecast)))
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length
    const sd = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length)
    return [Number(mean.toFixed(5)), Number(Math.max(sd, 1e-3).toFixed(5))]
  }
  return { output: scale(({ outputTokens }) => outputTokens), total: scale(({ totalTokens }) => totalTokens) }
}
