import type { Features } from '../features/features.ts'
import { sparseDot } from '../regress/sparse-vector.ts'
import type { Bundle, HeadState, Regime } from './bundle.ts'
import { type EncodedTask, type Encoder, encoderOf } from './encoding.ts'
import { resolvePair } from './pair.ts'
import { predictPair, type TokenForecast } from './predict.ts'
import { type Reason, reasonsFor } from './reasons.ts'
import { resolveProbability } from './resolved.ts'
import type { SelfForecast } from './self-forecast.ts'
import { strangenessOf } from './unfamiliar.ts'

/** A task as numbers, and for whom the forecast is. */
export interface ForecastRequest {
  readonly features: Features
  /** `owner/name`, where known: tasks of the same repository tell its level. */
  readonly repository: string | null
  readonly agent: string
  readonly model: string
  /** Forecast the mean of this many runs; 1 = one run. */
  readonly meanOf: number
  /** The model's own forecast of the task; null = it was not asked. */
  readonly selfForecast: SelfForecast | null
}

/** A forecast with what it rests on. */
export interface Forecast extends TokenForecast {
  /** P(resolved) of one run; null where no outcome of the pair is recorded. */
  readonly resolved: number | null
  readonly regime: Regime
  /** Whether the task is like those trained on. */
  readonly familiar: boolean
  readonly reasons: readonly Reason[]
  readonly meanOf: number
}

/** A bundle made ready: encoders built once, then each forecast is a few dot products. Pure. */
export interface Forecaster {
  readonly bundle: Bundle
  forecast(request: ForecastRequest): Forecast
}

const MOST_REASONS = 6

export function forecasterOf(bundle: Bundle): Forecaster {
  const encoders = { repository: lazily(bundle.heads.repository), issue: lazily(bundle.heads.issue) }
  return {
    bundle,
    forecast({ features, repository, agent, model, meanOf, selfForecast }) {
      const kind = features.repository ? 'repository' : 'issue'
      const encoder = encoders[kind]()
      const task: EncodedTask = { features, repository }
      const row = encoder.encode(task)
      const pair = resolvePair(bundle, agent, model)
      const regime = regimeOf(encoder, task)
      const { total } = bundle.heads[kind].quantities
      const strange = strangenessOf(encoder, task, row)
      const limits = bundle.unfamiliar[kind]
      return {
        ...predictPair(bundle, row, pair, { regime, meanOf, selfForecast }),
        resolved: resolveProbability(bundle.resolved, pair.series, sparseDot(row, total.shared)),
        regime,
        familiar: strange.grams <= limits.grams && strange.distance <= limits.distance,
        reasons: reasonsFor(encoder, total, row, pair.series, MOST_REASONS),
        meanOf,
      }
    },
  }
}

function lazily(head: HeadState): () => Encoder {
  let encoder: Encoder | undefined
  return () => {
    encoder ??= encoderOf(head.encoding)
    return encoder
  }
}

function regimeOf({ encoding }: Encoder, { features, repository }: EncodedTask): Regime {
  if (!features.repository) return 'issue'
  return repository !== null && encoding.repositories.includes(repository) ? 'known' : 'new'
}
