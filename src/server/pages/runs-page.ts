import { OUTCOMES } from '../../trajectory/run.ts'
import { dataTable } from './data-table.ts'
import { type Content, html, type Markup } from './markup.ts'
import { renderPage } from './page.ts'
import { liveCells, liveForecast } from './run-cells.ts'
import { runForm } from './run-form.ts'
import { runTable, who } from './run-table.ts'
import type { LiveView, RunsFilter, RunsView } from './runs-view.ts'

/** Runs, actual against forecast: those that go on first, then those that are kept, newest first. */
export function runsPage(view: RunsView): string {
  const { about, live, runs, start, filter, nextHref, isContinued, jsonHref } = view
  const isFiltered = Object.values(filter).some((value) => value !== '' && value !== false)
  return renderPage({
    title: 'Runs',
    about,
    section: '/runs',
    live: live.length > 0,
    jsonHref,
    main: html`${live.length > 0 && liveTable(live)}
${start !== null && runForm(start)}
${filterForm(filter)}
${runs.length === 0 ? emptyState(isFiltered || isContinued, start !== null) : runTable(runs)}
${(nextHref !== null || isContinued) && html`<nav class="paging" aria-label="Pages of runs">${isContinued && html`<a href="/runs">newest</a>`} ${nextHref !== null && html`<a href="${nextHref}" rel="next">older runs</a>`}</nav>`}`,
  })
}

function liveTable(live: readonly LiveView[]): Markup {
  const heads = ['tokens so far', '8 in 10: tokens', 'cost so far', '8 in 10: cost', 'calls', 'time', 'runs']
  return html`<section aria-labelledby="live-title">
<h2 id="live-title">Going on</h2>
<p class="note" role="status" data-live-status>As of when the page was made. <a href="">Reload</a></p>
${dataTable({
  id: 'live-table',
  title: live.length === 1 ? 'One job' : `${live.length} jobs`,
  columns: [{ head: 'job' }, ...heads.map((head) => ({ head, figure: true })), { head: 'state' }],
  rows: live.map(liveRow),
})}
</section>`
}

function liveRow(job: LiveView): readonly Content[] {
  const { id, href, eventsHref, task, agent, model } = job
  const cells = liveCells(job)
  const cell = (name: keyof typeof cells) =>
    html`<span data-run="${id}" data-cell="${name}">${cells[name]}</span>`
  return [
    html`<a href="${href}" data-live="${id}" data-events="${eventsHref}">${task ?? id.slice(0, 12)}</a>${who(agent, model)}`,
    cell('tokens'),
    liveForecast(job, 'totalTokens'),
    cell('cost'),
    liveForecast(job, 'usd'),
    cell('calls'),
    cell('time'),
    cell('runs'),
    cell('state'),
  ]
}

const text = (filter: RunsFilter, name: 'model' | 'agent' | 'repository', label: string): Markup =>
  html`<p><label for="filter-${name}">${label}</label><input type="text" id="filter-${name}" name="${name}" value="${filter[name]}" autocomplete="off" aria-describedby="filter-hint"></p>\n`

function filterForm(filter: RunsFilter): Markup {
  const outcomes = ['', ...OUTCOMES] as const
  return html`<form class="filter" method="get" action="/runs" aria-label="Which runs">
${text(filter, 'model', 'Model')}${text(filter, 'agent', 'Agent')}${text(filter, 'repository', 'Repository')}
<p><label for="filter-outcome">Outcome</label><select id="filter-outcome" name="outcome">
${outcomes.map((outcome) => html`<option value="${outcome}"${outcome === filter.outcome && html` selected`}>${outcome === '' ? 'any' : outcome}</option>`)}
</select></p>
<p class="tick-box"><label><input type="checkbox" name="forecast" value="yes"${filter.forecast && html` checked`}> only those forecast</label></p>
<p><button type="submit">Show</button> <a href="/runs">all</a></p>
<p class="note" id="filter-hint"><code>*</code> stands for any characters.</p>
</form>`
}

function emptyState(isNarrowed: boolean, isOffered: boolean): Markup {
  if (isNarrowed) return html`<p class="empty">No run is like that. <a href="/runs">Show all</a></p>`
  return html`<div class="empty">
<p>No run is kept yet. Runs come here in three ways:</p>
<ul>
<li>${isOffered && 'the form above, or '}<code>POST /v1/runs</code> starts one (see <a href="/docs">the API</a>);</li>
<li><code>POST /v1/trajectories</code>, or <code>foretoken import</code>, brings in what agents recorded elsewhere;</li>
<li><code>foretoken run</code> and <code>foretoken gateway</code> meter agents as they work.</li>
</ul>
<p>A run that was <a href="/">forecast</a> before it began is shown against its forecast.</p>
</div>`
}
