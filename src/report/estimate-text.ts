import type { Estimate } from '../forecast/estimate.ts'
import { shortTokens, shortUsd } from '../units.ts'

/** The answer of `estimate` for one task. */
export interface EstimateDocument {
  readonly id: string | null
  readonly title: string
  readonly repository: string | null
  readonly commit: string | null
  readonly unread: number
  readonly forecasts: readonly Estimate[]
}

export interface TextOptions {
  readonly columns: number
  readonly budgetUsd: number | null
}

/** The forecast for people: one line a model, then what moved it and how far to trust it. */
export function estimateText(document: EstimateDocument, { columns, budgetUsd }: TextOptions): string {
  const { forecasts, title } = document
  const first = forecasts[0]
  if (first === undefined) return 'no model to forecast for\n'
  const rows = forecasts.map((forecast) => cells(forecast, budgetUsd))
  const heads = ['model', 'total tokens', '8 in 10', 'output', 'cost', '8 in 10', 'resolved']
  if (budgetUsd !== null) heads.push(`over ${shortUsd(budgetUsd)}`)
  return [
    cut(title, columns),
    cut(where(document, first), columns),
    '',
    ...table([heads, ...rows], columns),
    '',
    ...reasons(first).map((line) => cut(line, columns)),
    '',
    ...trust(forecasts, document.unread).map((line) => wrap(line, columns)),
    '',
  ].join('\n')
}

function where({ repository, commit }: EstimateDocument, { agent, basis }: Estimate): string {
  const place = [
    repository ?? (commit === null ? null : 'repository'),
    commit === null ? null : `at ${commit.slice(0, 9)}`,
  ]
  const known = place.filter((part) => part !== null).join(' ')
  const what = basis.meanOf === 1 ? 'one run' : `the mean of ${basis.meanOf} runs`
  return [known === '' ? 'no repository read' : known, `${what} of ${agent}`].join(' · ')
}

function cells(forecast: Estimate, budgetUsd: number | null): string[] {
  const { model, totalTokens, outputTokens, costUsd, resolved, overBudget, basis } = forecast
  const range = (low: string, high: string) => `${low} – ${high}`
  return [
    basis.kinship === 'trained' ? model : `${model} *`,
    shortTokens(totalTokens.p50),
    range(shortTokens(totalTokens.p10), shortTokens(totalTokens.p90)),
    shortTokens(outputTokens.p50),
    costUsd === null ? 'unknown' : shortUsd(Number(costUsd.p50)),
    costUsd === null ? '' : range(shortUsd(Number(costUsd.p10)), shortUsd(Number(costUsd.p90))),
    resolved === null ? 'unknown' : percent(resolved),
    ...(budgetUsd === null ? [] : [overBudget == null ? 'unknown' : percent(overBudget)]),
  ]
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** Pads columns; on a narrow terminal the ranges go first, then the output tokens. */
function table(rows: readonly (readonly string[])[], columns: number): readonly string[] {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((row) => row[j]?.length ?? 0)))
  const kept = widths.map((_, j) => j)
  for (const dropped of [3, 2, 6, 1]) {
    const width = kept.reduce((sum, j) => sum + (widths[j] ?? 0) + 2, -2)
    if (width > columns) kept.splice(kept.indexOf(dropped), 1)
  }
  return rows.map((row) =>
    kept
      .map((j) => (j === 0 ? (row[j] ?? '').padEnd(widths[j] ?? 0) : (row[j] ?? '').padStart(widths[j] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

function reasons({ basis }: Estimate): readonly string[] {
  const side = (words: string, keep: (effect: number) => boolean) =>
    basis.reasons
      .filter(({ effect }) => keep(effect))
      .map(
        ({ meaning, effect }, i) =>
          `${(i === 0 ? words : '').padEnd(10)}  × ${effect.toFixed(2)}  ${meaning}`,
      )
  return [...side('raised by', (effect) => effect > 1), ...side('lowered by', (effect) => effect < 1)]
}

function trust(forecasts: readonly Estimate[], unread: number): readonly string[] {
  const bases = forecasts.map(({ basis }) => basis)
  const lines = [REGIMES[bases[0]?.regime ?? 'issue']]
  if (bases.some(({ inDistribution }) => !inDistribution)) {
    lines.push('! Unlike the tasks it was trained on: the ranges may be too narrow.')
  }
  if (bases.some(({ kinship }) => kinship === 'other-agent')) {
    lines.push(
      '* not trained on with this agent: taken from another agent with the same model, with a wider range.',
    )
  }
  if (bases.some(({ kinship }) => kinship === 'unseen')) {
    lines.push('* never seen: what models have in common, with a wider range.')
  }
  if (unread > 0) lines.push(`! ${unread} source files could not be read.`)
  return [...lines, ...costNotes(forecasts)]
}

/** What was assumed of costs, and for which models. */
function costNotes(forecasts: readonly Estimate[]): readonly string[] {
  const models = new Map<string, string[]>()
  for (const { model, basis, costReason } of forecasts) {
    const unknown =
      costReason === null ? [] : [`cost unknown: ${costReason} → give a price with --prices FILE`]
    for (const note of [...basis.notes, ...unknown]) models.set(note, [...(models.get(note) ?? []), model])
  }
  return [...models].map(([note, of]) => `${of.join(', ')}: ${note}.`)
}

const REGIMES: Readonly<Record<Estimate['basis']['regime'], string>> = {
  known: 'The ranges held for 8 in 10 tasks not seen in training, in repositories that were.',
  new: 'The ranges held for 8 in 10 tasks of repositories not seen in training.',
  issue: 'From the issue alone → add --repo PATH for a narrower range.',
}

const cut = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, columns - 1)}…`

/** Breaks a sentence into lines of at most `columns`. */
function wrap(sentence: string, columns: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
