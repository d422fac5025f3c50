import type { MatchedEstimate } from '../../store/keep-estimates.ts'

/** What a system was forecast to spend and spent, a place a run; NaN = unknown. */
export interface Foreseen {
  /** `agent · model`. */
  readonly name: string
  readonly repositories: readonly string[]
  readonly madeMs: Float64Array
  readonly output: Spans
  readonly total: Spans
  readonly usd: Spans
  /** Chance of being resolved, and whether it was. */
  readonly resolved: { readonly forecast: Float64Array; readonly actual: Float64Array }
}

/** Forecast quantiles beside the actual value. */
export interface Spans {
  readonly p10: Float64Array
  readonly p50: Float64Array
  readonly p80: Float64Array
  readonly p90: Float64Array
  readonly mean: Float64Array
  readonly actual: Float64Array
}

/** Forecasts whose run is there, by system; and how many wait for theirs. */
export function foreseenOf(estimates: Iterable<MatchedEstimate>): {
  readonly systems: readonly Foreseen[]
  readonly waiting: number
} {
  const groups = new Map<string, MatchedEstimate[]>()
  let waiting = 0
  for (const estimate of estimates) {
    if (estimate.actual === null) {
      waiting++
      continue
    }
    const name = `${estimate.forecast.agent} · ${estimate.forecast.model}`
    const members = groups.get(name)
    if (members === undefined) groups.set(name, [estimate])
    else members.push(estimate)
  }
  const systems = [...groups].map(([name, members]) => foreseen(name, members))
  return { systems: systems.sort((a, b) => (a.name < b.name ? -1 : 1)), waiting }
}

function foreseen(name: string, members: readonly MatchedEstimate[]): Foreseen {
  const column = (of: (one: MatchedEstimate) => number | null | undefined) =>
    Float64Array.from(members, (one) => of(one) ?? Number.NaN)
  // Tokens that are only known to be "at least" are no actual value.
  const told = ({ actual }: MatchedEstimate) => (actual?.incomplete === true ? null : actual)
  const spans = (
    forecast: (
      one: MatchedEstimate,
      quantile: 'mean' | 'p10' | 'p50' | 'p80' | 'p90',
    ) => number | null | undefined,
    actual: (one: MatchedEstimate) => number | null | undefined,
  ): Spans => ({
    p10: column((one) => forecast(one, 'p10')),
    p50: column((one) => forecast(one, 'p50')),
    p80: column((one) => forecast(one, 'p80')),
    p90: column((one) => forecast(one, 'p90')),
    mean: column((one) => forecast(one, 'mean')),
    actual: column(actual),
  })
  const dollars = (text: string | null | undefined) => (text == null ? null : Number(text))
  return {
    name,
    repositories: members.map(({ repository }) => repository ?? 'not recorded'),
    madeMs: column(({ madeAt }) => Date.parse(madeAt)),
    output: spans(
      ({ forecast }, q) => forecast.outputTokens[q],
      (one) => told(one)?.outputTokens,
    ),
    total: spans(
      ({ forecast }, q) => forecast.totalTokens[q],
      (one) => told(one)?.totalTokens,
    ),
    usd: spans(
      ({ forecast }, q) => dollars(forecast.costUsd?.[q]),
      (one) => dollars(told(one)?.costUsd),
    ),
    resolved: {
      forecast: column(({ forecast }) => forecast.resolved),
      actual: column(({ actual }) =>
        actual?.outcome == null ? null : Number(actual.outcome === 'resolved'),
      ),
    },
  }
}

/** The places where forecast and actual are both known and above 0. */
export function knownPlaces({ p10, p90, actual }: Spans): readonly number[] {
  return [...actual.keys()].filter(
    (i) => (actual[i] as number) > 0 && (p10[i] as number) > 0 && (p90[i] as number) > 0,
  )
}

export const at = (column: Float64Array, places: readonly number[]): Float64Array =>
  Float64Array.from(places, (i) => column[i] as number)
