import { shortTime } from '../../report/run-bill-text.ts'
import { shortTokens, shortUsd } from '../../units.ts'
import type { Against, Spent } from './against-range.ts'
import type { LiveProgress } from './live-progress.ts'
import { type Content, html } from './markup.ts'
import { factorText, tokenRange, usdRange } from './page-words.ts'
import { rangeMark } from './range-mark.ts'
import type { LiveView } from './runs-view.ts'

/** The same in tokens and in dollars. */
export interface CellUnit {
  readonly short: (amount: number) => string
  readonly range: (p10: number, p90: number) => string
}

export const TOKENS: CellUnit = { short: shortTokens, range: (p10, p90) => tokenRange({ p10, p90 }) }
export const DOLLARS: CellUnit = {
  short: shortUsd,
  range: (p10, p90) => usdRange({ p10: String(p10), p90: String(p90) }),
}

/** What was spent; `≥` where it is "at least". */
export const actualText = ({ actual }: Spent, incomplete: boolean, { short }: CellUnit): string =>
  actual === null ? 'unknown' : `${incomplete ? '≥ ' : ''}${short(actual)}`

/** The range of 8 in 10; null = there was no forecast. */
export const rangeText = ({ p10, p90 }: Spent, { range }: CellUnit): string | null =>
  p10 === null || p90 === null ? null : range(p10, p90)

/** Where what was spent lies: `inside`, `above: × 1.8 of the upper end`. */
export function placeText({ actual, p10, p90, place, reason }: Spent & Against): string {
  if (p10 === null || p90 === null) return 'no forecast'
  if (place === null) return `not counted: ${reason ?? 'unknown'}`
  if (place === 'inside' || actual === null) return 'inside'
  const [factor, end] = place === 'above' ? [actual / p90, 'upper'] : [actual / p10, 'lower']
  if (!(factor > 0 && Number.isFinite(factor))) return place
  return `${place}: ${place === 'above' ? factorText(factor) : `× ${factor.toPrecision(2)}`} of the ${end} end`
}

/** The mark beside the words. */
export function placeCell(spent: Spent & Against, unit: CellUnit, incomplete: boolean): Content {
  const words = placeText(spent)
  const said = `${actualText(spent, incomplete, unit)}; 8 in 10: ${rangeText(spent, unit) ?? 'no forecast'}`
  const tone = spent.place ?? 'open'
  return html`<span class="place ${tone}">${rangeMark(spent, said)}<span>${words}</span></span>`
}

/** What a job that goes on shows in cells that move; the script of pages writes the same. */
export function liveCells({ state, seconds, progress }: Pick<LiveView, 'state' | 'seconds' | 'progress'>) {
  const begun = (text: (progress: LiveProgress) => string) =>
    progress === null ? 'not begun' : text(progress)
  const count = (of: 'totalTokens' | 'outputTokens' | 'calls') =>
    begun(({ spent }) => `${spent.atLeast ? '≥ ' : ''}${shortTokens(spent[of])}`)
  return {
    state,
    runs: begun(({ runs, ended }) => (runs === null ? 'not planned yet' : `${ended} of ${runs} ended`)),
    calls: count('calls'),
    tokens: count('totalTokens'),
    output: count('outputTokens'),
    cost: begun(({ spent }) => (spent.costUsd === null ? 'unknown' : shortUsd(Number(spent.costUsd)))),
    time: seconds === null ? 'not begun' : shortTime(seconds),
  }
}

/** What all its runs were forecast to spend, of 8 in 10; else why that is not known. */
export function liveForecast({ progress }: Pick<LiveView, 'progress'>, of: 'usd' | 'totalTokens'): string {
  const range = progress?.forecast?.[of]
  if (range == null) return progress?.forecast == null ? 'not told yet' : `unknown: ${progress.forecast.from}`
  return (of === 'usd' ? DOLLARS : TOKENS).range(range.p10, range.p90)
}

export const timeText = (seconds: number | null): string =>
  seconds === null ? 'not recorded' : shortTime(seconds)
