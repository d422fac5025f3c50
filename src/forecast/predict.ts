import { predictPooled } from '../regress/pooled.ts'
import type { SparseVector } from '../regress/sparse-vector.ts'
import type { Bundle, PairFacts, Regime, Residuals } from './bundle.ts'
import type { Kinship, ResolvedPair } from './pair.ts'
import { noiseAt } from './run-noise.ts'
import { hintsOf, type SelfForecast } from './self-forecast.ts'

/**
 * The forecast of one (agent, model) as a sample: equally likely outcomes, output and total of the same index belonging
 * together, in tokens. Made of the errors on tasks the forecaster had not seen, and run-to-run noise.
 */
export interface TokenForecast {
  readonly agent: string
  readonly model: string
  readonly kinship: Kinship
  /** The point forecast. */
  readonly log10: { readonly output: number; readonly total: number }
  readonly output: Float64Array
  readonly total: Float64Array
  /** Facts of the pair that stands for it; null for one never seen. */
  readonly facts: PairFacts | null
}

export interface PredictOptions {
  readonly regime: Regime
  readonly meanOf: number
  /** The model's own forecast of the task; null = it was not asked. */
  readonly selfForecast: SelfForecast | null
}

/** More spread for a pair that was not trained on: agents differ by about this much with the same model (log10). */
const OTHER_AGENT_SD = 0.2
const LN10 = Math.LN10

/** Forecasts the mean of `meanOf` runs (1 = a single run) from a task's encoded row. */
export function predictPair(
  bundle: Bundle,
  row: SparseVector,
  pair: ResolvedPair,
  { regime, meanOf, selfForecast }: PredictOptions,
): TokenForecast {
  const head = regime === 'issue' ? bundle.heads.issue : bundle.heads.repository
  const { output, total } = head.quantities
  const facts = pair.series === null ? null : (bundle.pairs[pair.series] ?? null)
  const hints = hintsOf(selfForecast, facts?.selfForecast)
  const at = (state: typeof total) => predictPooled(state, row, pair.series, hints)
  const centre = { output: at(output), total: at(total) }
  const residuals = residualsFor(bundle, pair, regime, hints !== null)
  const noise = noiseOf(bundle, facts, meanOf)
  const extra = extraSd(bundle, pair, regime)
  const count = residuals.total.length
  const samples = { output: new Float64Array(count), total: new Float64Array(count) }
  for (let i = 0; i < count; i++) {
    const draw = noiseAt(i, bundle.noiseCorrelation)
    for (const quantity of ['output', 'total'] as const) {
      const { sd, bias } = noise[quantity]
      const spread = Math.hypot(sd, extra[quantity])
      const log10 = centre[quantity] - bias + (residuals[quantity][i] as number) + spread * draw[quantity]
      samples[quantity][i] = 10 ** log10
    }
    // Output is part of the total.
    samples.total[i] = Math.max(samples.total[i] as number, samples.output[i] as number)
  }
  const log10 = { output: centre.output - noise.output.bias, total: centre.total - noise.total.bias }
  const { agent, model, kinship } = pair
  return { agent, model, kinship, log10, ...samples, facts }
}

/** The pair's own errors; for a pair never seen, those of all pairs in turn. */
function residualsFor(bundle: Bundle, { series }: ResolvedPair, regime: Regime, hinted: boolean): Residuals {
  const all = bundle.residuals[regime]
  const own = series === null ? undefined : all[series]
  if (own) return (hinted ? own.hinted : null) ?? own.plain
  const pick = (quantity: 'output' | 'total') =>
    Array.from({ length: bundle.tasks }, (_, t) => all[t % all.length]?.plain[quantity][t] ?? 0)
  return { output: pick('output'), total: pick('total') }
}

/**
 * Noise between runs beyond what the recorded values hold already. They average `runs` runs; the mean of m runs varies
 * by sd²/m. A mean of log-normal runs lies above their median, by ln 10 / 2 · sd² for many: the bias to take off.
 */
function noiseOf(bundle: Bundle, facts: PairFacts | null, meanOf: number) {
  const runs = facts?.runs ?? bundle.pairs[0]?.runs ?? 1
  const noise = facts?.runNoise ?? bundle.pairs[0]?.runNoise ?? { output: 0, total: 0 }
  const of = (sd: number) => ({
    sd: sd * Math.sqrt(Math.max(0, 1 / meanOf - 1 / runs)),
    bias: (LN10 / 2) * sd ** 2 * (1 / meanOf - 1 / runs),
  })
  return { output: of(noise.output), total: of(noise.total) }
}

function extraSd(bundle: Bundle, { kinship }: ResolvedPair, regime: Regime) {
  if (kinship === 'trained') return { output: 0, total: 0 }
  if (kinship === 'other-agent') return { output: OTHER_AGENT_SD, total: OTHER_AGENT_SD }
  const { output, total } = bundle.heads[regime === 'issue' ? 'issue' : 'repository'].quantities
  return { output: output.common.offsetSd, total: total.common.offsetSd }
}
