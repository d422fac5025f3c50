import { extractFeatures } from '../features/features.ts'
import type { Forecast } from '../forecast/forecaster.ts'
import { rangeOf } from '../forecast/range.ts'
import { quantile } from '../regress/quantile.ts'
import type { AskedIssue, TwoForecasters } from './bundle-diff.ts'

/** How forecasts of the same tasks differ between two bundles, as factors: newer over older. */
export interface ForecastChange {
  /** Tasks times agents with models; 0 = nothing was compared, and every factor is null. */
  readonly forecasts: number
  readonly totalTokens: Factors
  readonly outputTokens: Factors
  /** Of the range of total tokens that 8 in 10 fall into: the end over the beginning of it, in log10. */
  readonly width: Factors
}

/** Null = nothing was compared. */
export interface Factors {
  readonly median: number | null
  /** The one that is furthest from 1, either way, and where. */
  readonly largest: { readonly factor: number; readonly task: string; readonly model: string } | null
}

interface Compared {
  readonly task: string
  readonly model: string
  readonly before: Sizes
  readonly after: Sizes
}

interface Sizes {
  readonly totalTokens: number
  readonly outputTokens: number
  readonly width: number
}

/** Asks both bundles about the same tasks, for agents with models that both know. */
export function changeOfForecasts(
  { before, after }: TwoForecasters,
  pairs: readonly { readonly agent: string; readonly model: string }[],
  tasks: readonly AskedIssue[],
): ForecastChange {
  const compared = tasks.flatMap(({ name, issue }): readonly Compared[] => {
    const features = extractFeatures(issue, null)
    const [old, now] = [before.task(features, null), after.task(features, null)]
    return pairs.map(({ agent, model }) => {
      const asked = { agent, model, meanOf: 1, selfForecast: null }
      return { task: name, model, before: sizesOf(old.forecast(asked)), after: sizesOf(now.forecast(asked)) }
    })
  })
  const of = (size: keyof Sizes): Factors => factorsOf(compared, size)
  return {
    forecasts: compared.length,
    totalTokens: of('totalTokens'),
    outputTokens: of('outputTokens'),
    width: of('width'),
  }
}

function sizesOf({ output, total }: Forecast): Sizes {
  const [outputTokens, totalTokens] = [rangeOf(output), rangeOf(total)]
  return {
    totalTokens: totalTokens.p50,
    outputTokens: outputTokens.p50,
    width: Math.log10(totalTokens.p90 / totalTokens.p10),
  }
}

function factorsOf(compared: readonly Compared[], size: keyof Sizes): Factors {
  const factors = compared.map(({ task, model, before, after }) => ({
    task,
    model,
    factor: after[size] / before[size],
  }))
  const [first, ...others] = factors
  if (first === undefined) return { median: null, largest: null }
  const far = ({ factor }: { readonly factor: number }): number => Math.abs(Math.log(factor))
  return {
    median: quantile(
      factors.map(({ factor }) => factor),
      0.5,
    ),
    largest: others.reduce((most, each) => (far(each) > far(most) ? each : most), first),
  }
}
