import type { PairFacts } from '../../forecast/bundle.ts'
import { agentKey } from '../../forecast/pair.ts'
import { combinationVariance } from '../../regress/crossed-effects.ts'
import type { Quantity } from '../dataset.ts'
import type { OwnHead, OwnInput } from './fit-own.ts'
import type { OwnRun } from './history.ts'
import { median } from './median.ts'

/** What is told of each pair, in the order of `learntHead`. */
export function learntPairs({ bundle, history }: OwnInput, own: OwnHead): readonly PairFacts[] {
  const { layout } = own
  const runs: OwnRun[][] = layout.pairs.map(() => [])
  for (const run of history.runs) runs[run.pair]?.push(run)
  const facts = (pair: number, before: PairFacts | null): PairFacts =>
    pairFacts(runs[pair] as OwnRun[], { before, own, pair, callsSlope: meanSlope(bundle.pairs) })
  const known = bundle.pairs.map((before, s) => {
    const pair = layout.pairs.findIndex((each) => each.kinship === 'trained' && each.series === s)
    return pair < 0 ? before : facts(pair, before)
  })
  const fresh = layout.pairs.flatMap(({ kinship }, pair) =>
    kinship === 'trained' ? [] : [facts(pair, null)],
  )
  return [...known, ...fresh]
}

interface FactsInput {
  readonly before: PairFacts | null
  readonly own: OwnHead
  readonly pair: number
  readonly callsSlope: number
}

/** From so many runs on, shares of the cache are one's own. */
const ENOUGH_RUNS = 5

function pairFacts(runs: readonly OwnRun[], { before, own, pair, callsSlope }: FactsInput): PairFacts {
  const known = own.layout.pairs[pair] as OwnHead['layout']['pairs'][number]
  const { agent, model } = before ?? known.pair
  const share = (of: (run: OwnRun) => number | null, kept: number | null) => {
    const told = runs.flatMap((run) => of(run) ?? [])
    return told.length >= (kept === null ? 1 : ENOUGH_RUNS) ? round(median(told)) : kept
  }
  const sd = (quantity: Quantity) => {
    const { variances } = own.quantities[quantity]
    return round(Math.sqrt(variances.run))
  }
  const shape = (quantity: Quantity) => round(own.quantities[quantity].shapes[pair]?.slope ?? 1)
  return {
    agent,
    model,
    runs: 1,
    tasks: new Set(runs.map(({ task }) => task)).size + (before?.tasks ?? 0),
    cacheReadShare: share(({ cacheReadShare }) => cacheReadShare, before?.cacheReadShare ?? null),
    cacheWriteShare: share(({ cacheWriteShare }) => cacheWriteShare, before?.cacheWriteShare ?? null),
    calls: callsLine(runs, before?.calls ?? null, callsSlope),
    selfForecast: before?.selfForecast ?? null,
    runNoise: { output: sd('output'), total: sd('total') },
    loading: { output: shape('output'), total: shape('total') },
    levelSd: { output: levelSd(own, pair, 'output'), total: levelSd(own, pair, 'total') },
  }
}

const round = (value: number): number => Number(value.toFixed(4))

const meanSlope = (pairs: readonly PairFacts[]): number => {
  const slopes = pairs.flatMap(({ calls }) => (calls === null ? [] : [calls.slope]))
  return slopes.length === 0 ? 0.5 : slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length
}

/** How many runs the slope known before weighs, and the variance of log10 total tokens that goes with it. */
const PRIOR_RUNS = 20
const PRIOR_SPREAD = 0.1

/** log10 calls on log10 total tokens by least squares, the slope drawn to the usual one; null where no calls were counted. */
function callsLine(runs: readonly OwnRun[], before: PairFacts['calls'], slope: number): PairFacts['calls'] {
  const points = runs.flatMap(({ calls, total, telling }) =>
    calls === null || calls < 1 || telling !== 'whole' ? [] : [[total, Math.log10(calls)] as const],
  )
  if (points.length === 0 || (before !== null && points.length < ENOUGH_RUNS)) return before
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const spread = points.reduce((sum, [a]) => sum + (a - x) ** 2, PRIOR_RUNS * PRIOR_SPREAD)
  const joint = points.reduce(
    (sum, [a, b]) => sum + (a - x) * (b - y),
    PRIOR_RUNS * PRIOR_SPREAD * (before?.slope ?? slope),
  )
  const found = joint / spread
  return { intercept: Number((y - found * x).toFixed(5)), slope: Number(found.toFixed(5)) }
}

/** Posterior standard deviation of the level of a pair. */
function levelSd({ layout, quantities }: OwnHead, pair: number, quantity: Quantity): number {
  const combination = new Float64Array(layout.kinds.length)
  combination[layout.at.all] = 1
  combination[layout.at.pair + pair] = 1
  const agent = layout.pairs[pair]?.pair.agent ?? ''
  combination[layout.at.agent + layout.agents.indexOf(agentKey(agent))] = 1
  return round(Math.sqrt(combinationVariance(quantities[quantity].fit, combination)))
}
