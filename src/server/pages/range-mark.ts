import type { Spent } from './against-range.ts'
import { html, type Markup } from './markup.ts'

const WIDTH = 120
const HEIGHT = 16
const [LOW, HIGH] = [36, 84]
const EDGE = 6

/**
 * A run beside its range, small enough for a row of a table: the bar is always the range, on a logarithmic scale, so that
 * marks of rows below each other compare; what lies far beyond is an arrow at the edge. `words` say the same.
 */
export function rangeMark(spent: Spent, words: string): Markup | null {
  const { actual, p10, p50, p90 } = spent
  if (actual === null || p10 === null || p50 === null || p90 === null || p10 <= 0 || actual <= 0) return null
  const place = (value: number): number =>
    p90 === p10 ? beside(value, p10) : LOW + ((HIGH - LOW) * Math.log(value / p10)) / Math.log(p90 / p10)
  const x = Math.min(WIDTH - EDGE, Math.max(EDGE, place(actual)))
  const beyond = place(actual) > WIDTH ? 1 : place(actual) < 0 ? -1 : 0
  return html`<svg class="mark" role="img" aria-label="${words}" width="${WIDTH}" height="${HEIGHT}"><line class="grid" x1="0" x2="${WIDTH}" y1="8" y2="8"/><rect class="span" x="${LOW}" y="3" width="${HIGH - LOW}" height="10" rx="2"/><line class="middle" x1="${place(p50).toFixed(1)}" x2="${place(p50).toFixed(1)}" y1="2" y2="14"/>${
    beyond === 0
      ? html`<circle class="dot" cx="${x.toFixed(1)}" cy="8" r="4"/>`
      : html`<path class="dot" d="${beyond > 0 ? `M${WIDTH - 9},3L${WIDTH - 1},8L${WIDTH - 9},13Z` : 'M9,3L1,8L9,13Z'}"/>`
  }</svg>`
}

/** Of a range of one value: beside it or on it. */
const beside = (value: number, only: number): number =>
  value < only ? LOW / 2 : value > only ? (HIGH + WIDTH) / 2 : (LOW + HIGH) / 2
