import type { Features } from '../../features/features.ts'
import type { Bundle } from '../../forecast/bundle.ts'
import { type FollowedRun, followRuns } from '../../forecast/follow-runs.ts'
import { type Forecaster, forecasterOf } from '../../forecast/forecaster.ts'
import { LEVELS, type Range, rangeOf } from '../../forecast/range.ts'
import type { OwnHistory, OwnRun, OwnTask } from '../own/history.ts'
import { firstRuns } from '../own/hold-forward.ts'
import { HALF_LIFE_DAYS, learnOwn } from '../own/learn-own.ts'

/** Who forecasts: the bundle alone, the running mean of the pair, the bundle retrained, and that as the service tells it. */
export const FORECASTERS = ['shipped', 'own-mean', 'retrained', 'followed'] as const
export type ReplayForecaster = (typeof FORECASTERS)[number]

/** One run as it was forecast before it was learnt from; total tokens, log10. */
export interface ReplayedRun {
  readonly place: number
  readonly task: string
  readonly pair: number
  readonly actual: number
  /** It was cut short: it would have taken at least so much. */
  readonly isCut: boolean
  readonly by: Readonly<Record<ReplayForecaster, ReplayedForecast>>
}

export interface ReplayedForecast {
  readonly p50: number
  /** From the actual; of a run cut short only what the forecast lies below. */
  readonly error: number
  /** Mean pinball loss over the levels told; null = it has no range. */
  readonly loss: number | null
  readonly covered: boolean | null
}

/** Runs after which it is trained anew: after each of the first ten, then after every fifth part more. */
export const RETRAINED_AT: readonly number[] = (() => {
  const moments = Array.from({ length: 11 }, (_, n) => n)
  for (let next = 11; next < 2000; next = Math.ceil(next * 1.2)) moments.push(next)
  return moments
})()

/** Lets the runs of a history come one by one. */
export function replay(base: Bundle, history: OwnHistory): readonly ReplayedRun[] {
  const { length } = history.runs
  const moments = RETRAINED_AT.filter((count) => count < length)
  const shipped = forecasterOf(base)
  const told: ReplayedRun[] = []
  for (const [k, from] of moments.entries()) {
    const params = { id: `after-${from}`, seed: 1, halfLifeDays: HALF_LIFE_DAYS }
    const retrained = new Following(forecasterOf(learnOwn(base, firstRuns(history, from), params)), history)
    for (let place = from; place < (moments[k + 1] ?? length); place++) {
      const run = history.runs[place] as OwnRun
      const [first, later] = [retrained.plain(run), retrained.followed(run)]
      const before = rangeFor(shipped, history, run)
      told.push(replayedRun(history, place, { before, first, later }))
      retrained.see(run, later)
    }
  }
  return told
}

function rangeFor(forecaster: Forecaster, { tasks, pairs }: OwnHistory, run: OwnRun): Range {
  return rangeOf(forecastFor(forecaster, { tasks, pairs }, run).total)
}

function forecastFor(
  forecaster: Forecaster,
  { tasks, pairs }: Pick<OwnHistory, 'tasks' | 'pairs'>,
  run: OwnRun,
  calibration: ReturnType<typeof followRuns> = null,
) {
  const { features, repository } = tasks[run.task] as OwnTask
  const pair = pairs[run.pair] as OwnHistory['pairs'][number]
  const request = { ...pair, meanOf: 1, selfForecast: null, calibration }
  return forecaster.task(features() as Features, repository).forecast(request)
}

/** A retrained bundle, and what the runs since tell of its forecasts. */
class Following {
  readonly #forecaster: Forecaster
  readonly #history: OwnHistory
  readonly #runs = new Map<number, FollowedRun[]>()

  constructor(forecaster: Forecaster, history: OwnHistory) {
    this.#forecaster = forecaster
    this.#history = history
  }

  plain(run: OwnRun): Range {
    return rangeFor(this.#forecaster, this.#history, run)
  }

  followed(run: OwnRun) {
    const calibration = followRuns(this.#runs.get(run.pair) ?? [])
    const { output, total } = forecastFor(this.#forecaster, this.#history, run, calibration)
    return { output: rangeOf(output), total: rangeOf(total), calibration }
  }

  see(run: OwnRun, forecast: ReturnType<Following['followed']>): void {
    const runs = this.#runs.get(run.pair) ?? []
    runs.push({
      startedAt: new Date(run.atMs).toISOString(),
      knownMs: run.atMs + 1,
      actual: { output: 10 ** run.output, total: 10 ** run.total },
      isCapped: run.telling === 'at-least',
      forecast: { madeMs: run.atMs, ...forecast },
    })
    this.#runs.set(run.pair, runs)
  }
}

interface Told {
  readonly before: Range
  readonly first: Range
  readonly later: { readonly total: Range }
}

function replayedRun(history: OwnHistory, place: number, { before, first, later }: Told): ReplayedRun {
  const run = history.runs[place] as OwnRun
  const isCut = run.telling === 'at-least'
  const scored = (range: Range) => scoreOf(run.total, range, isCut)
  const mean = ownMean(history, place)
  return {
    place,
    task: history.tasks[run.task]?.id ?? '',
    pair: run.pair,
    actual: run.total,
    isCut,
    by: {
      shipped: scored(before),
      'own-mean':
        mean === null
          ? scored(before)
          : { p50: mean, error: missed(run.total, mean, isCut), loss: null, covered: null },
      retrained: scored(first),
      followed: scored(later.total),
    },
  }
}

/** Of the pair so far; before its first run of all; null = there is none. */
function ownMean({ runs }: OwnHistory, place: number): number | null {
  const before = runs.slice(0, place)
  const own = before.filter(({ pair }) => pair === runs[place]?.pair)
  const of = own.length > 0 ? own : before
  return of.length === 0 ? null : of.reduce((sum, { total }) => sum + total, 0) / of.length
}

const missed = (actual: number, forecast: number, isCut: boolean): number =>
  isCut ? Math.max(0, actual - forecast) : Math.abs(actual - forecast)

/** What a run cut short would have taken lies anywhere above: a forecast above is not held against anybody. */
function scoreOf(actual: number, range: Range, isCut: boolean): ReplayedForecast {
  const levels = Object.entries(LEVELS) as [keyof typeof LEVELS, number][]
  const losses = levels.map(([name, level]) => {
    const above = actual - Math.log10(range[name])
    return above >= 0 ? level * above : isCut ? 0 : (level - 1) * above
  })
  const [low, p50, high] = [range.p10, range.p50, range.p90].map(Math.log10) as [number, number, number]
  return {
    p50,
    error: missed(actual, p50, isCut),
    loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    covered: actual <= high && (isCut || actual >= low),
  }
}
