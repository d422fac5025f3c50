import type { LiveLimit } from '../../gateway/runs/live.ts'
import { shortUsd } from '../../units.ts'
import { type Content, html, type Markup } from './markup.ts'
import { tokenRange, usdRange } from './page-words.ts'
import { countText, timeText } from './run-cells.ts'
import type { LiveView } from './runs-view.ts'

/** A run that goes on: how far it has come of what was forecast and of what it is allowed, and a button that stops it. */
export function liveSection(run: LiveView, cancelAction: string | null): Markup {
  const { id, eventsHref, state, calls, totalTokens, outputTokens, costUsd, costReason, seconds, forecast } =
    run
  const cell = (name: string, content: Content) =>
    html`<span data-run="${id}" data-cell="${name}">${content}</span>`
  return html`<section aria-labelledby="live-title" data-live="${id}" data-events="${eventsHref}">
<h2 id="live-title">Going on</h2>
<p class="note" role="status" data-live-status>As of when the page was made. <a href="">Reload</a></p>
<dl class="facts">
${fact('state', cell('state', state))}
${fact('calls', cell('calls', countText(calls)))}
${fact('all tokens', [cell('tokens', countText(totalTokens)), ofForecast(forecast && tokenRange(forecast.totalTokens))])}
${fact('output tokens', [cell('output', countText(outputTokens)), ofForecast(forecast && tokenRange(forecast.outputTokens))])}
${fact('cost', [cell('cost', costUsd === null ? 'unknown' : shortUsd(Number(costUsd))), costReason !== null && html` <span class="why">${costReason}</span>`, ofForecast(forecast && (forecast.costUsd === null ? 'unknown' : usdRange(forecast.costUsd)))])}
${fact('time', cell('time', seconds === null ? 'not begun' : timeText(seconds)))}
</dl>
${progress(run)}
${cancelAction !== null && html`<form method="post" action="${cancelAction}"><p><button type="submit" class="danger">Stop this run</button> <span class="note">What it has spent is kept.</span></p></form>`}
</section>`
}

const fact = (name: string, value: Content): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

const ofForecast = (range: string | null): Content =>
  html` <span class="why">${range === null ? 'no forecast' : `8 in 10: ${range}`}</span>`

/** Bars towards the upper end of the forecast and towards each limit. */
function progress({ id, totalTokens, forecast, limits }: LiveView): Content {
  const bars = [
    ...(forecast === null || totalTokens === null
      ? []
      : [
          bar({
            label: 'of the forecast’s upper end, all tokens',
            spent: totalTokens.amount,
            limit: forecast.totalTokens.p90,
            hook: html` data-run="${id}" data-bar="forecast" data-upper="${forecast.totalTokens.p90}"`,
          }),
        ]),
    ...limits.map((limit, i) =>
      bar({
        label: limitLabel(limit),
        spent: Number(limit.spent),
        limit: Number(limit.limit),
        hook: html` data-run="${id}" data-bar="limit-${i}"`,
      }),
    ),
  ]
  return bars.length > 0 && html`<ul class="bars">${bars}</ul>`
}

function limitLabel({ of, group, limit }: LiveLimit): string {
  const amount = of === 'usd' ? `$${limit}` : `${Number(limit).toLocaleString('en-US')} ${MEASURES[of] ?? of}`
  return `of the limit of ${amount}${group === null ? '' : `, with all runs of ${group}`}`
}

const MEASURES: Readonly<Record<string, string>> = { totalTokens: 'tokens', outputTokens: 'output tokens' }

interface Bar {
  readonly label: string
  readonly spent: number
  readonly limit: number
  readonly hook: Markup
}

/** A limit of nothing is spent. */
function bar({ label, spent, limit, hook }: Bar): Markup {
  const share = limit > 0 ? spent / limit : 1
  const percent = Math.floor(100 * share)
  return html`<li><label><progress max="100" value="${Math.min(100, percent)}"${hook}>${percent} %</progress> <span><span${hook}>${percent} %</span> ${label}</span></label></li>
`
}
