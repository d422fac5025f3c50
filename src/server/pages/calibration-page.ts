import { shortPercent } from '../../report/estimate-notes.ts'
import { LEFT_OUT, LEFT_OUT_NOTE } from './against-range.ts'
import type { CalibrationView, DriftView, GroupView } from './calibration-view.ts'
import { dataTable } from './data-table.ts'
import { type Content, html, type Markup } from './markup.ts'
import { renderPage } from './page.ts'
import { counted, factorText } from './page-words.ts'
import { spanChart } from './span-chart.ts'
import { weeksChart } from './weeks-chart.ts'

/** Whether forecasts hold what they say: over time, by model and by repository. */
export function calibrationPage(view: CalibrationView): string {
  return renderPage({
    title: 'Calibration',
    about: view.about,
    section: '/calibration',
    main: html`<p class="lead">A range of 8 in 10 should hold 8 runs in 10. Does it?</p>
${view.all === null ? nothingCounts(view) : whole(view, view.all)}`,
  })
}

function whole(view: CalibrationView, all: GroupView): Markup {
  const { weeks, models, repositories } = view
  return html`<section class="summary" aria-labelledby="short-title">
<h2 id="short-title">In short</h2>
<ul>
<li>Tokens: ${verdict(all)}</li>
${view.cost !== null && html`<li>Cost: ${verdict(view.cost)}</li>\n`}<li>${driftWords(view.drift)}</li>
${view.alarms.map(({ message, fix }) => html`<li>Alarm: ${message}. → ${fix}.</li>\n`)}</ul>
</section>
${leftOutWords(view)}
<h2>Over time</h2>
${overTime(weeks)}
<h2>By model</h2>
${byGroup('models', 'model and agent', models)}
<h2>By repository</h2>
${byGroup('repositories', 'repository', repositories)}
<p class="note">Covered: the share of runs whose total tokens lie in the range of 8 in 10, with Wilson’s 95 % interval. Off by: half of the runs are within this factor of the middle of their forecast. Actual : forecast: its median; × 1 is no bias.</p>`
}

/** `the range held 81 % of 401 runs (95 %: 77 – 84 %): as it says. Half of the runs are within × 1.6 of the forecast.` */
function verdict({ runs, coverage, error }: GroupView): string {
  if (coverage === null) return 'no run counts.'
  const { low, high } = coverage
  const judged =
    runs < FEW
      ? 'too few to judge by'
      : high < CLAIM
        ? 'less than it says'
        : low > CLAIM
          ? 'more than it says: it could be narrower'
          : 'as it says, within what chance explains'
  const half =
    error === null
      ? ''
      : ` Half of the runs are within a factor of ${factorText(error).slice(2)} of the middle.`
  return `the range held ${shareText(coverage)} of ${counted(runs, 'run')}: ${judged}.${half}`
}

const CLAIM = 0.8
const FEW = 20

const shareText = ({ estimate, low, high }: NonNullable<GroupView['coverage']>): string =>
  `${shortPercent(estimate)} (95 %: ${Math.round(100 * low)} – ${Math.round(100 * high)} %)`

function driftWords({ kind, weeks, recent, before, difference }: DriftView): string {
  if (kind === 'too-few' || difference === null) {
    return `Drift: too few runs to tell (${recent.runs} in the newest ${weeks} weeks, ${before.runs} before).`
  }
  const share = ({ coverage }: GroupView) => (coverage === null ? 'unknown' : shortPercent(coverage.estimate))
  const sides = `${share(recent)} of ${counted(recent.runs, 'run')} in the newest ${weeks} weeks, ${share(before)} of ${before.runs} before`
  const words = {
    steady: `No drift to be seen: the range held ${sides}; chance explains the difference.`,
    worse: `Forecasts drift: the range held ${sides}; chance hardly explains it. Train anew on the newest runs.`,
    better: `Forecasts hold better than they did: ${sides}; chance hardly explains it.`,
  }
  return words[kind]
}

function leftOutWords({ leftOut, runs, cut }: CalibrationView): Content {
  const left = leftOut.reduce((sum, { runs: own }) => sum + own, 0)
  const which = cut
    ? `The newest ${counted(runs, 'run')} that were`
    : `${counted(runs, 'run')} ${runs === 1 ? 'was' : 'were'}`
  const all = `${which} forecast before ${runs === 1 ? 'it' : 'they'} began${cut ? ', of more' : ''}`
  return html`<p class="note">${all}; ${left === 0 ? 'all are counted.' : `${counted(left, 'run')} of them ${left === 1 ? 'is' : 'are'} not counted:`}</p>
${
  left > 0 &&
  html`<ul class="note">${leftOut.map(({ reason, runs: own }) => html`<li>${counted(own, 'run')}: ${LEFT_OUT[reason]}</li>\n`)}</ul>
<p class="note">${LEFT_OUT_NOTE}</p>`
}`
}

function overTime(weeks: readonly GroupView[]): Markup {
  const coverage = weeks.map((week) => ({
    from: week.name,
    value: week.coverage?.estimate ?? null,
    low: week.coverage?.low ?? null,
    high: week.coverage?.high ?? null,
    text: week.coverage === null ? 'no run' : shareText(week.coverage),
  }))
  const errors = weeks.map(({ name, error }) => ({
    from: name,
    value: error,
    low: null,
    high: null,
    text: error === null ? 'no run' : factorText(error),
  }))
  return html`<div class="charts">
<figure><figcaption>Covered by the range of 8 in 10</figcaption>
${weeksChart({ id: 'coverage-weeks', title: 'Share of runs inside the range of 8 in 10, by week', axis: { title: 'covered', scale: 'share' }, weeks: coverage, rule: { at: CLAIM, label: 'claimed' } })}
</figure>
<figure><figcaption>Half of the runs are off by less than</figcaption>
${weeksChart({ id: 'error-weeks', title: 'Median error as a factor, by week', axis: { title: 'factor', scale: 'log' }, weeks: errors, rule: { at: 1, label: 'exact' } })}
</figure>
</div>
${groupTable('weeks-table', 'By week, newest first', 'week from', weeks.toReversed())}`
}

function byGroup(id: string, head: string, groups: readonly GroupView[]): Markup {
  return html`<figure><figcaption>Covered by the range of 8 in 10, with what chance allows (95 %)</figcaption>
${spanChart({
  id: `${id}-chart`,
  title: `Share of runs inside the range of 8 in 10, by ${head}`,
  axis: { title: 'runs inside the range of 8 in 10', scale: 'share' },
  mark: 'interval',
  rows: groups.map(({ name, runs, coverage }) => ({
    name,
    span: coverage === null ? null : { low: coverage.low, middle: coverage.estimate, high: coverage.high },
    text: coverage === null ? 'no run' : `${shortPercent(coverage.estimate)} of ${runs}`,
  })),
  rule: { at: CLAIM, label: 'claimed' },
})}
</figure>
${groupTable(`${id}-table`, `By ${head}`, head, groups)}`
}

function groupTable(id: string, title: string, head: string, groups: readonly GroupView[]): Markup {
  const heads = ['runs', 'covered', 'below', 'above', 'off by', 'actual : forecast']
  return dataTable({
    id,
    title,
    columns: [{ head }, ...heads.map((name) => ({ head: name, figure: true }))],
    rows: groups.map(({ name, runs, coverage, below, above, error, bias }) => [
      name,
      runs,
      coverage === null ? 'no run' : shareText(coverage),
      runs === 0 ? '–' : shortPercent(below / runs),
      runs === 0 ? '–' : shortPercent(above / runs),
      error === null ? '–' : factorText(error),
      bias === null ? '–' : factorText(bias),
    ]),
  })
}

function nothingCounts(view: CalibrationView): Markup {
  return html`<div class="empty">
<p>${view.runs === 0 ? 'No run that was forecast before it began is kept yet.' : 'No run counts yet.'}</p>
${view.runs > 0 && leftOutWords(view)}
<p>To see here whether forecasts hold:</p>
<ol>
<li><a href="/">forecast</a> a task, or send it to <code>POST /v1/estimates</code> before the agent starts;</li>
<li>run it through <code>POST /v1/runs</code> or the gateway, or import what the agent recorded.</li>
</ol>
<p>Forecast and run find each other by the task’s id, the agent and the model.</p>
</div>`
}
