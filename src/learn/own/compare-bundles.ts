import { clusterBootstrap } from '../../metrics/cluster-bootstrap.ts'
import type { Interval } from '../../metrics/interval.ts'
import { pearson } from '../../metrics/pearson.ts'
import type { OwnHistory } from './history.ts'
import type { HeldForward } from './hold-forward.ts'
import type { ScoredRun } from './score-runs.ts'

/** How good one bundle was on the runs held out; null where too few tell. */
export interface BundleScore {
  /** Mean pinball loss in log10 tokens, over output and total. */
  readonly loss: number
  /** Mean over the pairs of the correlation within each, of total tokens. */
  readonly r: number | null
  /** Share of the total tokens inside the range of 8 in 10. */
  readonly coverage: number
}

/** Both bundles on the same runs. */
export interface Comparison {
  readonly runs: number
  readonly tasks: number
  readonly champion: BundleScore
  readonly challenger: BundleScore
  /** Challenger less champion, with the 95 % interval of a paired bootstrap by task; null = too few tasks. */
  readonly lossChange: (Interval & { readonly estimate: number }) | null
  readonly rChange: (Interval & { readonly estimate: number }) | null
  /** The same loss on tasks that had not been run before. */
  readonly fresh: { readonly runs: number; readonly champion: number; readonly challenger: number } | null
  readonly byModel: readonly GroupScore[]
  readonly byRepository: readonly GroupScore[]
}

/** Losses of one group of runs. */
export interface GroupScore {
  readonly name: string
  readonly runs: number
  readonly champion: number
  readonly challenger: number
}

/** Fewer runs of a pair have no correlation worth the name. */
const FEWEST_FOR_R = 10
/** Fewer tasks do not tell how far they scatter. */
const FEWEST_TASKS = 3

/** Compares what both forecast of the same runs. @param seed of the bootstrap */
export function compareBundles(held: HeldForward, history: OwnHistory, seed: number): Comparison | null {
  const { champion, challenger, fresh } = held
  if (challenger.length === 0) return null
  const runs = challenger.map(({ run }) => history.runs[run] as OwnHistory['runs'][number])
  const codes = runs.map(({ task }) => task)
  const tasks = new Set(codes).size
  const losses = { champion: champion.map(lossOf), challenger: challenger.map(lossOf) }
  const of = (places: readonly number[]) => ({
    runs: places.length,
    champion: meanAt(losses.champion, places),
    challenger: meanAt(losses.challenger, places),
  })
  const groups = (nameOf: (k: number) => string): readonly GroupScore[] =>
    [...Map.groupBy(runs.keys(), nameOf)]
      .map(([name, places]) => ({ name, ...of(places) }))
      .sort((a, b) => b.runs - a.runs || (a.name < b.name ? -1 : 1))
  const freshPlaces = fresh.flatMap((is, k) => (is ? [k] : []))
  const enough = tasks >= FEWEST_TASKS
  return {
    runs: runs.length,
    tasks,
    champion: scoreOf(champion, runs),
    challenger: scoreOf(challenger, runs),
    lossChange: enough ? lossChange(losses, codes, seed) : null,
    rChange: enough ? rChange(held, { runs, codes, seed }) : null,
    fresh: freshPlaces.length === 0 ? null : of(freshPlaces),
    byModel: groups((k) => {
      const { agent, model } = history.pairs[runs[k]?.pair ?? -1] as OwnHistory['pairs'][number]
      return `${agent} · ${model}`
    }),
    byRepository: groups((k) => history.tasks[runs[k]?.task ?? -1]?.repository ?? 'not known'),
  }
}

const lossOf = ({ by }: ScoredRun): number => (by.output.loss + by.total.loss) / 2

const meanAt = (values: readonly number[], places: readonly number[]): number =>
  places.reduce((sum, k) => sum + (values[k] as number), 0) / places.length

function scoreOf(scored: readonly ScoredRun[], runs: OwnHistory['runs']): BundleScore {
  const correlations = [...Map.groupBy(scored.keys(), (k) => runs[k]?.pair ?? -1)].flatMap(([, places]) => {
    const r =
      places.length < FEWEST_FOR_R ? Number.NaN : correlationOf(places.map((k) => scored[k] as ScoredRun))
    return Number.isFinite(r) ? [r] : []
  })
  return {
    loss: scored.reduce((sum, each) => sum + lossOf(each), 0) / scored.length,
    r: correlations.length === 0 ? null : correlations.reduce((sum, r) => sum + r, 0) / correlations.length,
    coverage: scored.filter(({ by }) => by.total.covered).length / scored.length,
  }
}

/** NaN where one of both does not vary. */
function correlationOf(scored: readonly ScoredRun[]): number {
  const column = (name: 'actual' | 'p50') => scored.map(({ by }) => by.total[name])
  const [actual, forecast] = [column('actual'), column('p50')]
  const varies = (values: readonly number[]) => Math.max(...values) - Math.min(...values) > 1e-9
  return varies(actual) && varies(forecast) ? pearson(actual, forecast) : Number.NaN
}

function lossChange(
  { champion, challenger }: Readonly<Record<'champion' | 'challenger', readonly number[]>>,
  codes: readonly number[],
  seed: number,
) {
  const change = challenger.map((loss, k) => loss - (champion[k] as number))
  const { estimate, low, high } = clusterBootstrap(
    { columns: [change], codes },
    ([sum = 0], rows) => sum / rows,
    { seed },
  )
  return { estimate, low, high }
}

interface Paired {
  readonly runs: OwnHistory['runs']
  readonly codes: readonly number[]
  readonly seed: number
}

/**
 * Difference of r, of values taken about the mean of their pair: one correlation of both within pairs, since the mean of
 * correlations has no bootstrap where pairs have few tasks each. Null where one of both has nothing that varies.
 */
function rChange({ champion, challenger }: HeldForward, { runs, codes, seed }: Paired) {
  const within = (values: readonly number[]): readonly number[] => {
    const means = new Map(
      [...Map.groupBy(runs.keys(), (k) => runs[k]?.pair ?? -1)].map(([pair, places]) => [
        pair,
        meanAt(values, places),
      ]),
    )
    return values.map((value, k) => value - (means.get(runs[k]?.pair ?? -1) ?? 0))
  }
  const columnOf = (scored: readonly ScoredRun[], name: 'actual' | 'p50') =>
    within(scored.map(({ by }) => by.total[name]))
  const [y, a, b] = [columnOf(champion, 'actual'), columnOf(champion, 'p50'), columnOf(challenger, 'p50')]
  const times = (u: readonly number[], v: readonly number[]) => u.map((value, k) => value * (v[k] as number))
  const columns = [times(y, y), times(a, a), times(b, b), times(y, a), times(y, b)]
  const r = (yy: number, xx: number, yx: number) => (xx < 1e-12 ? 0 : yx / Math.sqrt(yy * xx))
  if (columns[0]?.every((square) => square < 1e-12)) return null
  const { estimate, low, high } = clusterBootstrap(
    { columns, codes },
    ([yy = 0, aa = 0, bb = 0, ya = 0, yb = 0]) => r(yy, bb, yb) - r(yy, aa, ya),
    { seed },
  )
  return { estimate, low, high }
}
