import { type Content, html, type Markup } from './markup.ts'
import { liveCells, liveForecast } from './run-cells.ts'
import type { LimitAsked, LiveView } from './runs-view.ts'

/** A job that goes on: how far it has come of what was forecast and of what it is allowed, and a button that stops it. */
export function liveSection(job: LiveView, cancelAction: string | null): Markup {
  const { id, eventsHref } = job
  const cells = liveCells(job)
  const cell = (name: keyof typeof cells) =>
    html`<span data-run="${id}" data-cell="${name}">${cells[name]}</span>`
  return html`<section aria-labelledby="live-title" data-live="${id}" data-events="${eventsHref}">
<h2 id="live-title">Going on</h2>
<p class="note" role="status" data-live-status>As of when the page was made. <a href="">Reload</a></p>
<dl class="facts">
${fact('state', cell('state'))}
${fact('runs', cell('runs'))}
${fact('all tokens', [cell('tokens'), ofForecast(liveForecast(job, 'totalTokens'))])}
${fact('cost', [cell('cost'), ofForecast(liveForecast(job, 'usd'))])}
${fact('output tokens', cell('output'))}
${fact('calls', cell('calls'))}
${fact('time', cell('time'))}
</dl>
${progressBars(job)}
${cancelAction !== null && html`<form method="post" action="${cancelAction}"><p><button type="submit" class="danger">Stop this run</button> <span class="note">What it has spent is kept.</span></p></form>`}
</section>`
}

const fact = (name: string, value: Content): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

const ofForecast = (range: string): Content => html` <span class="why">8 in 10: ${range}</span>`

/** Bars towards the upper end of the forecast and towards each limit. */
function progressBars({ id, progress, seconds, limits }: LiveView): Content {
  const spentOf = (of: LimitAsked['of']): number | null => {
    if (of === 'seconds') return seconds
    if (progress === null) return 0
    const { costUsd } = progress.spent
    return of === 'usd' ? (costUsd === null ? null : Number(costUsd)) : progress.spent[of]
  }
  const upper = progress?.forecast?.totalTokens?.p90 ?? null
  const bars = [
    ...(upper === null
      ? []
      : [{ of: 'totalTokens' as const, limit: upper, label: 'of the forecast’s upper end, all tokens' }]),
    ...limits.map(({ of, limit }) => ({ of, limit: Number(limit), label: limitLabel({ of, limit }) })),
  ]
  const rows = bars.map(({ of, limit, label }) =>
    bar({ spent: spentOf(of), limit, label }, barHook(id, of, limit)),
  )
  return rows.length > 0 && html`<ul class="bars">${rows}</ul>`
}

const barHook = (id: string, of: LimitAsked['of'], limit: number): Markup =>
  html` data-run="${id}" data-bar="${of}" data-upper="${limit}"`

function limitLabel({ of, limit }: LimitAsked): string {
  if (of === 'usd') return `of the limit of $${limit}`
  return `of the limit of ${Number(limit).toLocaleString('en-US')} ${MEASURES[of]}`
}

const MEASURES = { totalTokens: 'tokens', outputTokens: 'output tokens', calls: 'calls', seconds: 'seconds' }

interface Bar {
  readonly label: string
  /** Null = not known. */
  readonly spent: number | null
  readonly limit: number
}

/** Of binary fractions: what is 11 % is not to be told as 10 %. */
const NOISE = 1e-9

/** A limit of nothing is spent. */
function bar({ label, spent, limit }: Bar, hook: Markup): Markup {
  const percent = spent === null ? null : Math.floor(limit > 0 ? (100 * spent) / limit + NOISE : 100)
  const text = percent === null ? 'unknown share' : `${percent} %`
  return html`<li><label><progress max="100"${percent !== null && html` value="${Math.min(100, percent)}"`}${hook}>${text}</progress> <span><span${hook}>${text}</span> ${label}</span></label></li>
`
}
