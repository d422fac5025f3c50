import type { Features } from '../features/features.ts'
import { sparseDot } from '../regress/sparse-vector.ts'
import type { Bundle, HeadState, Regime } from './bundle.ts'
import { type EncodedTask, type Encoder, encoderOf } from './encoding.ts'
import { resolvePair } from './pair.ts'
import { predictPair, type TokenForecast } from './predict.ts'
import { type ColumnNames, columnNames, knownTask, type Reason, reasonsFor } from './reasons.ts'
import { type PairCalibration, recalibrated } from './recalibrated.ts'
import { rememberedOf } from './remembered.ts'
import { resolveProbability } from './resolved.ts'
import { type NoisePair, noiseSequence } from './run-noise.ts'
import { hintsOf, type SelfForecast } from './self-forecast.ts'
import { isOddShape, strangenessOf } from './unfamiliar.ts'

/** For whom a task is forecast. */
export interface ForecastRequest {
  readonly agent: string
  readonly model: string
  /** Forecast the mean of this many runs; 1 = one run. */
  readonly meanOf: number
  /** The model's own forecast of the task; null = it was not asked. */
  readonly selfForecast: SelfForecast | null
  /** What runs have told of such forecasts since the bundle was made; null, or left out = nothing. */
  readonly calibration?: PairCalibration | null
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
  /** How runs have corrected it; null = they have not. */
  readonly calibration: PairCalibration | null
}

/** A task, made ready once to be forecast for any number of agents and models. */
export interface TaskForecaster {
  forecast(request: ForecastRequest): Forecast
}

/** A bundle made ready: encoders are built once, then each forecast is a few dot products. Pure. */
export interface Forecaster {
  readonly bundle: Bundle
  /** `repository`: `owner/name`, where known; tasks of the same repository tell its level. */
  task(features: Features, repository: string | null): TaskForecaster
}

const MOST_REASONS = 6

/** A head of the bundle with what is built from it. */
interface ReadyHead {
  readonly state: HeadState
  readonly encoder: Encoder
  readonly names: ColumnNames
}

export function forecasterOf(bundle: Bundle): Forecaster {
  const heads = { repository: lazily(bundle.heads.repository), issue: lazily(bundle.heads.issue) }
  const noise = noiseSequence(bundle.tasks, bundle.noiseCorrelation)
  return {
    bundle,
    task(features, repository) {
      const kind = features.repository ? 'repository' : 'issue'
      return taskForecaster(
        { bundle, noise, limits: bundle.unfamiliar[kind], ...heads[kind]() },
        { features, repository },
      )
    },
  }
}

function lazily(state: HeadState): () => ReadyHead {
  let head: ReadyHead | undefined
  return () => {
    if (head === undefined) {
      const encoder = encoderOf(state.encoding)
      head = { state, encoder, names: columnNames(encoder) }
    }
    return head
  }
}

interface Equipment extends ReadyHead {
  readonly bundle: Bundle
  readonly noise: readonly NoisePair[]
  readonly limits: Bundle['unfamiliar']['issue']
}

function taskForecaster(equipment: Equipment, task: EncodedTask): TaskForecaster {
  const { bundle, noise, limits, state, encoder, names } = equipment
  const row = encoder.encode(task)
  const { total } = state.quantities
  const regime = regimeOf(encoder, task)
  const { fingerprint } = task.features
  const head = regime === 'issue' ? 'issue' : 'repository'
  const strange = strangenessOf(encoder, task, row)
  const odd = isOddShape(bundle.unfamiliar.shapes, task.features.dense.shape)
  const familiar = strange.grams <= limits.grams && strange.distance <= limits.distance && !odd
  const size = sparseDot(row, total.shared)
  return {
    forecast({ agent, model, meanOf, selfForecast, calibration = null }) {
      const pair = resolvePair(bundle, agent, model)
      const hints = hintsOf(selfForecast, bundle.pairs[pair.series ?? -1]?.selfForecast)
      const remembered = rememberedOf(bundle, { head, fingerprint }, pair)
      const reasons = reasonsFor(names, total, row, { series: pair.series, hints, most: MOST_REASONS })
      const raw = predictPair(bundle, row, pair, { regime, meanOf, hints, noise, remembered })
      return {
        ...(calibration === null ? raw : recalibrated(raw, calibration)),
        resolved: resolveProbability(bundle.resolved, pair.series, size),
        regime,
        familiar: familiar || remembered !== null,
        reasons: remembered === null ? reasons : [knownTask(remembered), ...reasons].slice(0, MOST_REASONS),
        meanOf,
        calibration,
      }
    },
  }
}

function regimeOf(encoder: Encoder, { features, repository }: EncodedTask): Regime {
  if (!features.repository) return 'issue'
  return encoder.knowsRepository(repository) ? 'known' : 'new'
}
