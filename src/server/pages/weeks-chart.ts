import type { Axis } from '../../report/figure.ts'
import { axisScale } from '../../report/figures/axis-scale.ts'
import { html, type Markup } from './markup.ts'

/** A value for each of some weeks in a row, with its interval where it has one; null = nothing is known of that week. */
export interface WeeksChart {
  /** Unique on the page; letters, digits and hyphens, not of others. */
  readonly id: string
  readonly title: string
  readonly axis: Axis
  readonly weeks: readonly {
    /** Its first day, `2026-11-16`. */
    readonly from: string
    readonly value: number | null
    readonly low: number | null
    readonly high: number | null
    readonly text: string
  }[]
  readonly rule: { readonly at: number; readonly label: string }
}

const HEIGHT = 190
const TOP = 16
const BOTTOM = 160
const MOST_LABELS = 4

/** Weeks from left to right, as wide as its place; see `spanChart`. */
export function weeksChart({ id, title, axis, weeks, rule }: WeeksChart): Markup {
  const values = weeks.flatMap(({ value, low, high }) => [value, low, high].filter((at) => at !== null))
  const scale = axisScale(axis, [...values, rule.at], { ticks: 5 })
  const y = (value: number): string => (BOTTOM - (BOTTOM - TOP) * scale.share(value)).toFixed(1)
  const x = (i: number): string =>
    `${(16 + (weeks.length < 2 ? 40 : (80 * i) / (weeks.length - 1))).toFixed(2)}%`
  const every = Math.ceil(weeks.length / MOST_LABELS)
  const points = weeks.map(({ value, low, high }, i) =>
    value === null
      ? ''
      : html`${low !== null && high !== null && html`<line class="interval-line" x1="${x(i)}" x2="${x(i)}" y1="${y(low)}" y2="${y(high)}"/>`}
<circle class="dot" cx="${x(i)}" cy="${y(value)}" r="4"/>
`,
  )
  const labels = weeks.map(({ from }, i) =>
    i % every === 0
      ? html`<text class="tick" x="${x(i)}" y="${BOTTOM + 20}" text-anchor="middle">${from.slice(5)}</text>\n`
      : '',
  )
  return html`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-desc" width="100%" height="${HEIGHT}">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${weeks.map(({ from, text }) => `Week from ${from}: ${text}`).join('; ')}.</desc>
${scale.ticks.map(
  ({ at, label }) => html`<line class="grid" x1="10%" x2="100%" y1="${y(at)}" y2="${y(at)}"/>
<text class="tick" x="0" y="${Number(y(at)) + 4}">${label}</text>
`,
)}<line class="rule" x1="10%" x2="100%" y1="${y(rule.at)}" y2="${y(rule.at)}"/>
<text class="tick" x="100%" y="${Number(y(rule.at)) - 5}" text-anchor="end">${rule.label}</text>
${points}${labels}</svg>`
}
