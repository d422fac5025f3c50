import { shortPercent } from '../../report/estimate-notes.ts'
import { shortTokens, shortUsd } from '../../units.ts'
import { dataTable } from './data-table.ts'
import type { AnswerView, ModelView } from './forecast-view.ts'
import { type Content, html, type Markup } from './markup.ts'
import { tokenRange, usdRange } from './page-words.ts'
import { spanChart } from './span-chart.ts'

/** The answer below the form: what it costs, how that is made up, why, and how far to trust it. */
export function forecastAnswer(answer: AnswerView): Markup {
  const { title, where, models, warning, trust, unknown, id, href } = answer
  if (models.length === 0) return html`<p>There is no model to forecast for.</p>`
  return html`<p class="lead">${title === '' ? 'An issue without a title' : title}</p>
<p class="note">${where}</p>
${headline(models)}
${warning !== null && html`<p class="warning"><strong>Careful.</strong> ${warning}</p>`}
${costChart(answer)}
${forecastTable(answer)}
<h3>What moved it</h3>
${models.map((model, i) => html`<details${i === 0 && html` open`}><summary>${model.reasonsHead}</summary>${reasonsOf(model)}</details>\n`)}
<h3>Where the tokens go</h3>
${classTable(models)}
<h3>How far to trust it</h3>
<ul>
${trust.map((line) => html`<li>${line}</li>\n`)}</ul>
${
  unknown.length > 0 &&
  html`<h3>What is not known</h3>
<ul>
${unknown.map(({ what, models: of, reason }) => html`<li>${what} of ${of.join(', ')}: ${reason}</li>\n`)}</ul>`
}
<p class="note">${id === null || href === null ? 'This forecast was not kept.' : html`Kept as <code>${id}</code> · <a href="${href}">the same as JSON</a>`}</p>`
}

/** Of one model what matters most, in a line: `$0.17 · 8 in 10: $0.072 – $0.41`. Several are compared below. */
function headline([first, ...others]: readonly ModelView[]): Content {
  if (first === undefined || others.length > 0) return ''
  const { costUsd, totalTokens, resolved } = first
  const cost =
    costUsd === null
      ? 'cost unknown'
      : html`<strong>${shortUsd(Number(costUsd.p50))}</strong> · 8 in 10: ${usdRange(costUsd)}`
  const success = resolved === null ? 'chance of success unknown' : `${shortPercent(resolved)} are resolved`
  return html`<p class="headline">${cost} <span class="note">${shortTokens(totalTokens.p50)} tokens · ${success}</span></p>`
}

/** Dollars where any model has a price that is not 0, else tokens: a range of nothing has no place on the axis. */
function costChart({ models, budgetUsd }: AnswerView): Markup {
  const priced = models.some(({ costUsd }) => costUsd !== null && Number(costUsd.p10) > 0)
  const rows = models.map(({ marked, costUsd, totalTokens }) => {
    if (!priced) {
      const { p10, p50, p90 } = totalTokens
      return { name: marked, span: { low: p10, middle: p50, high: p90 }, text: tokenRange(totalTokens) }
    }
    const isDrawn = costUsd !== null && Number(costUsd.p10) > 0
    const [low = 0, middle = 0, high = 0] = isDrawn ? [costUsd.p10, costUsd.p50, costUsd.p90].map(Number) : []
    const text = costUsd === null ? 'cost unknown' : usdRange(costUsd)
    return { name: marked, span: isDrawn ? { low, middle, high } : null, text }
  })
  const what = priced ? 'cost of one run (USD)' : 'total tokens of one run'
  return html`<figure>
<figcaption>8 in 10 runs lie in the bar; the notch is the middle</figcaption>
${spanChart({
  id: 'ranges',
  title: `The range of 8 in 10, by model: ${what}`,
  axis: { title: `${what}, logarithmic`, scale: 'log' },
  mark: 'range',
  rows,
  rule:
    priced && budgetUsd !== null && budgetUsd > 0
      ? { at: budgetUsd, label: `budget ${shortUsd(budgetUsd)}` }
      : null,
})}
</figure>`
}

function forecastTable({ models, budgetUsd }: AnswerView): Markup {
  const over = budgetUsd === null ? [] : [`over ${shortUsd(budgetUsd)}`]
  const heads = [
    'cost',
    '8 in 10: cost',
    ...over,
    'resolved',
    'total tokens',
    '8 in 10: tokens',
    'output tokens',
  ]
  const share = (value: number | null) => (value === null ? 'unknown' : shortPercent(value))
  return dataTable({
    id: 'forecast-table',
    title: 'Forecast by model',
    columns: [{ head: 'model' }, ...heads.map((head) => ({ head, figure: true }))],
    rows: models.map(({ marked, totalTokens, outputTokens, costUsd, resolved, overBudget }) => [
      marked,
      costUsd === null ? 'unknown' : html`<strong>${shortUsd(Number(costUsd.p50))}</strong>`,
      costUsd === null ? 'unknown' : usdRange(costUsd),
      ...(budgetUsd === null ? [] : [share(overBudget)]),
      share(resolved),
      shortTokens(totalTokens.p50),
      tokenRange(totalTokens),
      shortTokens(outputTokens.p50),
    ]),
  })
}

function reasonsOf({ raised, lowered }: ModelView): Markup {
  if (raised.length + lowered.length === 0)
    return html`<p class="note">Nothing: it is forecast like an average task.</p>`
  const list = (title: string, reasons: ModelView['raised']): Content =>
    reasons.length > 0 &&
    html`<div><h4>${title}</h4><ul class="reasons">
${reasons.map(({ effect, words }) => html`<li><span class="factor">× ${effect.toFixed(2)}</span> ${words}</li>\n`)}</ul></div>`
  return html`<div class="columns">${list('Raised by', raised)}${list('Lowered by', lowered)}</div>`
}

function classTable(models: readonly ModelView[]): Markup {
  const count = (tokens: number | null) => (tokens === null ? 'unknown' : shortTokens(tokens))
  return dataTable({
    id: 'class-table',
    title: 'Tokens by class, mean of many runs',
    columns: ['model', 'input', 'cache read', 'cache write', 'output', 'calls'].map((head, j) => ({
      head,
      figure: j > 0,
    })),
    rows: models.map(({ model, classes, calls }) => [
      model,
      count(classes.input),
      count(classes.cacheRead),
      count(classes.cacheWrite),
      count(classes.output),
      calls === null ? 'unknown' : `${tokenRange(calls)} (8 in 10)`,
    ]),
  })
}
