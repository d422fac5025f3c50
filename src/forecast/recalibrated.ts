import { modelKey } from './model-key.ts'
import type { TokenForecast } from './predict.ts'
import { conformalQuantile } from './range.ts'

/** How the forecast of a quantity was corrected by runs that ended before it. */
export interface RangeCalibration {
  /** That it was learnt from. */
  readonly runs: number
  /** Added to the whole forecast, in log10 tokens. */
  readonly shift: number
  /** Factors on the distances from the median, in log10 tokens: below it, and above it. */
  readonly lower: number
  readonly upper: number
}

/** Of an agent with a model. Null = nothing was learnt of that quantity. */
export interface PairCalibration {
  readonly output: RangeCalibration | null
  readonly total: RangeCalibration | null
}

/** By `calibrationKey`. Plain JSON: threads are sent it. */
export type CalibrationTable = Readonly<Record<string, PairCalibration>>

/** As the store matches runs with forecasts: whatever the case of the agent, by the key of the model. */
export const calibrationKey = (agent: string, model: string): string =>
  JSON.stringify([agent.toLowerCase(), modelKey(model)])

/** What a table tells of an agent with a model; null = nothing. */
export function calibrationOf(table: CalibrationTable, agent: string, model: string): PairCalibration | null {
  const key = calibrationKey(agent, model)
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null
}

/** The same forecast as runs since have corrected it. Output stays a part of the total. */
export function recalibrated(forecast: TokenForecast, { output, total }: PairCalibration): TokenForecast {
  const log10 = {
    output: forecast.log10.output + (output?.shift ?? 0),
    total: forecast.log10.total + (total?.shift ?? 0),
  }
  const outputs = output === null ? forecast.output : recalibratedSample(forecast.output, output)
  const totals = total === null ? forecast.total : recalibratedSample(forecast.total, total)
  return {
    ...forecast,
    log10: { output: log10.output, total: Math.max(log10.output, log10.total) },
    output: outputs,
    total: totals.map((value, i) => Math.max(value, outputs[i] as number)),
  }
}

/**
 * Moves a sample by one strictly rising map in log10, y → m + shift + (y − m) × (lower below the median m, upper above it).
 * Every quantile goes the same way, so none can pass another.
 */
export function recalibratedSample(
  sample: Float64Array,
  { shift, lower, upper }: RangeCalibration,
): Float64Array {
  const middle = Math.log(conformalQuantile(sample.toSorted(), 0.5))
  const moved = middle + shift * Math.LN10
  return sample.map((value) => {
    const distance = Math.log(value) - middle
    return Math.exp(moved + distance * (distance < 0 ? lower : upper))
  })
}

/** What a range was before it was corrected, in log10 tokens: the inverse of the map, at the ends. */
export function uncalibratedLog10(
  { p10, p50, p90 }: { readonly p10: number; readonly p50: number; readonly p90: number },
  { shift, lower, upper }: Pick<RangeCalibration, 'shift' | 'lower' | 'upper'>,
): { readonly p10: number; readonly p50: number; readonly p90: number } {
  const [low, middle, high] = [Math.log10(p10), Math.log10(p50), Math.log10(p90)]
  const before = middle - shift
  return { p10: before - (middle - low) / lower, p50: before, p90: before + (high - middle) / upper }
}
