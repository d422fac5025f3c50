import { type PooledState, predictPooled } from '../regress/pooled.ts'
import type { SparseVector } from '../regress/sparse-vector.ts'
import type { Bundle, PairFacts, Regime, Remembered, Residuals } from './bundle.ts'
import { agentGap, agentPrior, type Kinship, type ResolvedPair } from './pair.ts'
import { agentShift } from './remembered.ts'
import type { NoisePair } from './run-noise.ts'

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
  /** The model's own forecast of the task, in its standard deviations; null = it was not asked. */
  readonly hints: readonly number[] | null
  /** As many values as the bundle has tasks. */
  readonly noise: readonly NoisePair[]
  /** What is known of the task from runs of it; null = it was never run. */
  readonly remembered: Remembered | null
}

const LN10 = Math.LN10
const QUANTITIES = ['output', 'total'] as const

/** Forecasts the mean of `meanOf` runs (1 = a single run) from a task's encoded row. */
export function predictPair(
  bundle: Bundle,
  row: SparseVector,
  pair: ResolvedPair,
  options: PredictOptions,
): TokenForecast {
  const { regime, meanOf, hints, remembered } = options
  const { quantities } = bundle.heads[regime === 'issue' ? 'issue' : 'repository']
  const facts = bundle.pairs[pair.series ?? -1] ?? null
  // A pair never seen is forecast with the errors of all pairs in turn, and each error with the noise of its pair.
  const sources = facts === null ? bundle.pairs : [facts]
  const residuals = residualsFor(bundle, pair, regime, hints !== null)
  const extra = {
    output: extraSd(bundle, quantities.output, { pair, quantity: 'output' }),
    total: extraSd(bundle, quantities.total, { pair, quantity: 'total' }),
  }
  const shift = agentShift(bundle, pair)
  const of = (quantity: 'output' | 'total') => {
    const fromFeatures = predictPooled(quantities[quantity], row, pair.series, hints)
    const centre = fromFeatures + shift[quantity] + (remembered?.[quantity] ?? 0)
    const width = remembered?.spread[quantity] ?? 1
    const errors = sources.map(({ runs, runNoise }) => errorOf(runNoise[quantity], runs, meanOf))
    const spreads = errors.map(({ sd }) => Math.hypot(sd, extra[quantity]))
    const values = residuals[quantity]
    const sample = new Float64Array(values.length)
    for (let i = 0; i < sample.length; i++) {
      const source = i % errors.length
      const noise = (spreads[source] as number) * (options.noise[i] as NoisePair)[quantity]
      const log10 = centre - (errors[source] as RunError).bias + width * ((values[i] as number) + noise)
      sample[i] = Math.exp(log10 * Math.LN10) // a third of the time of 10 ** log10
    }
    return { log10: centre - errors.reduce((sum, { bias }) => sum + bias, 0) / errors.length, sample }
  }
  const [output, total] = QUANTITIES.map(of) as [ReturnType<typeof of>, ReturnType<typeof of>]
  const { agent, model, kinship } = pair
  return {
    agent,
    model,
    kinship,
    log10: { output: output.log10, total: Math.max(output.log10, total.log10) },
    output: output.sample,
    // Output is part of the total.
    total: atLeast(total.sample, output.sample),
    facts,
  }
}

function atLeast(sample: Float64Array, floor: Float64Array): Float64Array {
  for (let i = 0; i < sample.length; i++) {
    sample[i] = Math.max(sample[i] as number, floor[i] as number)
  }
  return sample
}

/** The pair's own errors; for a pair never seen, those of all pairs in turn. */
function residualsFor(bundle: Bundle, { series }: ResolvedPair, regime: Regime, hinted: boolean): Residuals {
  const all = bundle.residuals[regime]
  const own = all[series ?? -1]
  if (own) return (hinted ? own.hinted : null) ?? own.plain
  const pick = (quantity: 'output' | 'total') =>
    Array.from({ length: bundle.tasks }, (_, i) => {
      const values = all[i % all.length]?.plain[quantity] ?? []
      return values[i % values.length] as number
    })
  return { output: pick('output'), total: pick('total') }
}

/** How a mean of some runs differs from the recorded means, in log10 tokens. */
interface RunError {
  readonly sd: number
  readonly bias: number
}

/**
 * Noise between runs beyond what the recorded values hold already. They average `runs` runs; the mean of m runs varies
 * by sd²/m. A mean of log-normal runs lies above their median, by ln 10 / 2 · sd² for many: the bias to take off. For
 * more runs than were recorded the range stays as wide as it was: what it would lose is not known well enough.
 */
function errorOf(sd: number, runs: number, meanOf: number): RunError {
  const share = 1 / meanOf - 1 / runs
  return { sd: sd * Math.sqrt(Math.max(0, share)), bias: (LN10 / 2) * sd ** 2 * share }
}

/** How far the level of a pair may lie from the one that stands for it: as models, and agents, were seen to differ. */
function extraSd(
  bundle: Bundle,
  { series, common }: PooledState,
  { pair, quantity }: { readonly pair: ResolvedPair; readonly quantity: 'output' | 'total' },
): number {
  const { agent, kinship } = pair
  if (kinship === 'trained') return bundle.pairs[pair.series ?? -1]?.levelSd?.[quantity] ?? 0
  const ofAgent = agentPrior(bundle, agent, quantity).sd
  if (kinship === 'other-agent') return Math.hypot(agentGap(bundle, series) ?? common.offsetSd, ofAgent)
  return Math.hypot(common.offsetSd, ofAgent)
}
