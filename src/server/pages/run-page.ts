import { shortTokens, shortUsd } from '../../units.ts'
import { dataTable } from './data-table.ts'
import { endedSection } from './ended-section.ts'
import { liveSection } from './live-section.ts'
import { type Content, html, type Markup } from './markup.ts'
import { ownPath } from './own-path.ts'
import { renderPage } from './page.ts'
import { momentOf, unknownFor } from './page-words.ts'
import { actualText, DOLLARS, placeCell, rangeText, TOKENS, timeText } from './run-cells.ts'
import type { RunView, StoredView } from './run-view.ts'
import type { RunRow } from './runs-view.ts'

/** One run: what it spent against what was forecast; while it goes on, how far it has come, and how to stop it. */
export function runPage(view: RunView): string {
  const { about, id, stored, live, ended } = view
  return renderPage({
    title: stored?.run.task ?? live?.task ?? ended?.task ?? `Run ${id.slice(0, 12)}`,
    about,
    section: '/runs',
    live: live !== null,
    main: html`<p class="note">Run <code>${id}</code> · <a href="${ownPath('v1', 'runs', id)}">the same as JSON</a></p>
${live !== null && liveSection(live, view.cancelAction)}
${stored !== null && storedSection(stored)}
${ended !== null && endedSection(ended)}
${stored === null && live === null && ended === null && html`<p class="empty">Nothing is kept of this run. <a href="/runs">All runs</a></p>`}`,
  })
}

function storedSection(stored: StoredView): Markup {
  const { run, supersededBy } = stored
  return html`${supersededBy !== null && html`<p class="warning"><strong>Not counted.</strong> <a href="${ownPath('runs', supersededBy)}">Another record</a> of the same calls is trusted more.</p>`}
<dl class="facts">
${fact('outcome', run.outcome ?? 'not recorded')}
${fact('agent', [run.agent ?? 'not recorded', stored.agentVersion === null ? '' : ` ${stored.agentVersion}`])}
${fact('model', run.model ?? 'not recorded')}
${fact('repository', run.repository ?? 'not recorded')}
${fact('began', momentOf(run.startedAt))}
${fact('took', timeText(run.wallSeconds))}
${fact('calls', countOf(stored.calls))}
${fact('turns', countOf(stored.steps))}
</dl>
${againstTable(run)}
${usageTable(stored)}
<h2>Conditions</h2>
<dl class="facts">
${fact('resources', multiplierText(stored.multiplier))}
${fact('host', stored.host ?? 'not recorded')}
${fact('runs on it at once', countOf(stored.concurrency))}
${fact('counted by', COUNTED[stored.quality])}
${fact('prices', stored.prices ?? 'none')}
${fact('source', stored.source)}
</dl>`
}

const fact = (name: string, value: Content): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

const countOf = (count: number | null): string =>
  count === null ? 'not recorded' : count.toLocaleString('en-US')

const COUNTED: Readonly<Record<StoredView['quality'], string>> = {
  provider: 'the provider',
  log: 'the log of the agent',
  estimate: 'nobody: estimated by what recorded it',
}

function multiplierText(multiplier: StoredView['multiplier']): string {
  if (multiplier === null) return 'not recorded'
  return multiplier === 'uncapped' ? 'uncapped' : `× ${multiplier} of the floor`
}

function againstTable(run: RunRow): Markup {
  const { totalTokens, outputTokens, cost, incomplete, forecast } = run
  const rows = [
    ['all tokens', totalTokens, TOKENS],
    ['output tokens', outputTokens, TOKENS],
    ['cost', cost, DOLLARS],
  ] as const
  return html`<h2>Actual against forecast</h2>
${dataTable({
  id: 'against-table',
  title: 'Spent, forecast, and where the one lies in the other',
  columns: [
    { head: 'of' },
    { head: 'actual', figure: true },
    { head: 'forecast, middle', figure: true },
    { head: '8 in 10', figure: true },
    { head: 'against the range' },
  ],
  rows: rows.map(([name, spent, unit]) => [
    name,
    name === 'cost' && spent.actual === null
      ? unknownFor(run.costReason)
      : actualText(spent, incomplete, unit),
    spent.p50 === null ? missingForecast(run) : unit.short(spent.p50),
    rangeText(spent, unit) ?? missingForecast(run),
    placeCell(spent, unit, incomplete),
  ]),
  note: [
    forecast === null
      ? 'No forecast of this task with this agent and model was made before the run began.'
      : html`The newest forecast before it began was made ${momentOf(forecast.madeAt)}${forecast.href !== null && html`: <a href="${forecast.href}">as JSON</a>`}.`,
    incomplete && ' ≥ = at least: some calls told less than they used.',
  ],
})}`
}

const missingForecast = ({ forecast }: RunRow): string => (forecast === null ? 'no forecast' : 'unknown')

function usageTable({ usage, run, reportedUsd }: StoredView): Markup {
  const classes = [
    ['input, not cached', usage.input],
    ['cache read', usage.cacheRead],
    ['cache write, 5 minutes', usage.cacheWrite5m],
    ['cache write, 1 hour', usage.cacheWrite1h],
    ['output', usage.output],
    ['of it reasoning', usage.reasoning],
  ] as const
  const sign = run.incomplete ? '≥ ' : ''
  return html`<h2>Usage</h2>
${dataTable({
  id: 'usage-table',
  title: 'Tokens by class',
  columns: [{ head: 'class' }, { head: 'tokens', figure: true }, { head: 'exactly', figure: true }],
  rows: classes.map(([name, count]) => [
    name,
    count === null ? 'unknown' : `${sign}${shortTokens(count)}`,
    count === null ? 'unknown' : `${sign}${count.toLocaleString('en-US')}`,
  ]),
  note: [
    run.costUsd === null
      ? `Cost unknown: ${run.costReason ?? 'not recorded'}.`
      : `Cost by our prices: ${shortUsd(Number(run.costUsd))} (exactly $${run.costUsd}).`,
    reportedUsd === null ? '' : ` As its source tells it: $${reportedUsd}.`,
  ],
})}`
}
