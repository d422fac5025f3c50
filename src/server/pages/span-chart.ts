import type { Axis } from '../../report/figure.ts'
import { type AxisScale, axisScale } from '../../report/figures/axis-scale.ts'
import { cut } from '../../report/text-layout.ts'
import { html, type Markup } from './markup.ts'

/** A row of the chart. Null = there is nothing to draw, and `text` says why. */
export interface SpanRow {
  readonly name: string
  readonly span: { readonly low: number; readonly middle: number; readonly high: number } | null
  /** The same in words, at the right. */
  readonly text: string
}

/** Named spans, one below the other, on one axis. */
export interface SpanChart {
  /** Unique on the page; letters, digits and hyphens, not of others. */
  readonly id: string
  readonly title: string
  readonly axis: Axis
  /** `range`: a broad bar with a notch in its middle. `interval`: a dot with a line. */
  readonly mark: 'range' | 'interval'
  readonly rows: readonly SpanRow[]
  /** A line across all rows. */
  readonly rule: { readonly at: number; readonly label: string } | null
}

const PITCH = 40
const TOP = 6
const RULE_HEIGHT = 18
const AXIS_HEIGHT = 40
const MOST_NAME = 30

/**
 * The chart as SVG that is as wide as its place: lengths across are in percent, so that words keep their size on a small
 * screen. Its title and description say what is in it.
 */
export function spanChart(chart: SpanChart): Markup {
  const { id, title, axis, rows, rule } = chart
  const values = rows.flatMap(({ span }) => (span === null ? [] : [span.low, span.high]))
  const scale = axisScale(axis, rule === null ? values : [...values, rule.at], { ticks: 5 })
  const top = TOP + (rule === null ? 0 : RULE_HEIGHT)
  const bottom = top + PITCH * rows.length
  const height = bottom + AXIS_HEIGHT
  return html`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-desc" width="100%" height="${height}">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${rows.map(({ name, text }) => `${name}: ${text}`).join('; ')}.${rule === null ? '' : ` A line marks ${rule.label}.`}</desc>
${scale.ticks.map(
  ({
    at,
    label,
  }) => html`<line class="grid" x1="${place(scale, at)}" x2="${place(scale, at)}" y1="${top}" y2="${bottom + 4}"/>
<text class="tick" x="${place(scale, at)}" y="${bottom + 18}" text-anchor="middle">${label}</text>
`,
)}${rule !== null && ruleAt(scale, rule, bottom)}
${rows.map((row, i) => rowAt(row, scale, { top: top + PITCH * i, mark: chart.mark }))}
<text class="tick" x="50%" y="${bottom + 35}" text-anchor="middle">${axis.title}</text>
</svg>`
}

const place = ({ share }: AxisScale, value: number): string => `${(4 + 92 * share(value)).toFixed(2)}%`

function ruleAt(scale: AxisScale, { at, label }: { at: number; label: string }, bottom: number): Markup {
  const anchor = scale.share(at) < 0.2 ? 'start' : scale.share(at) > 0.8 ? 'end' : 'middle'
  const x = place(scale, at)
  return html`<line class="rule" x1="${x}" x2="${x}" y1="${TOP + RULE_HEIGHT - 3}" y2="${bottom}"/>
<text class="tick" x="${x}" y="${TOP + 9}" text-anchor="${anchor}">${label}</text>`
}

function rowAt(
  { name, span, text }: SpanRow,
  scale: AxisScale,
  { top, mark }: { readonly top: number; readonly mark: SpanChart['mark'] },
): Markup {
  const y = top + 27
  const words = html`<text class="name" x="0" y="${top + 14}">${cut(name, MOST_NAME)}</text>
<text class="value" x="100%" y="${top + 14}" text-anchor="end">${text}</text>
`
  if (span === null) return words
  const [low, middle, high] = [span.low, span.middle, span.high].map((value) => place(scale, value))
  const wide = `${(92 * (scale.share(span.high) - scale.share(span.low))).toFixed(2)}%`
  const marks =
    mark === 'range'
      ? html`<rect class="span" x="${low}" y="${y - 6}" width="${wide}" height="12" rx="2"/>
<line class="middle" x1="${middle}" x2="${middle}" y1="${y - 8}" y2="${y + 8}"/>
`
      : html`<line class="interval-line" x1="${low}" x2="${high}" y1="${y}" y2="${y}"/>
<circle class="dot" cx="${middle}" cy="${y}" r="4.5"/>
`
  return html`${words}${marks}`
}
