import type { Estimate } from '../forecast/estimate.ts'
import { shortTokens, shortUsd } from '../units.ts'
import { inWords, shortPercent } from './words.ts'

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
    cut(oneLine(title), columns),
    ...wrap(where(document, first), columns),
    '',
    ...table([heads, ...rows], columns),
    '',
    ...reasonLines(first, columns),
    ...trustLines(document).flatMap((line) => wrap(line, columns, '  ')),
    '',
  ].join('\n')
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

function where({ repository, commit }: EstimateDocument, { agent, basis }: Estimate): string {
  const place = [repository ?? (commit === null ? null : 'repository'), commit && `at ${commit.slice(0, 9)}`]
  const known = place.filter((part) => part !== null).join(' ')
  const what = basis.meanOf === 1 ? 'one run' : `the mean of ${basis.meanOf} runs`
  const read = basis.repository ? known : `${known === '' ? '' : `${known}, `}no repository read`
  return oneLine(`${read} · ${what} of ${agent}`)
}

function cells(forecast: Estimate, budgetUsd: number | null): string[] {
  const { model, totalTokens, outputTokens, costUsd, resolved, overBudget, basis } = forecast
  const range = (low: string, high: string) => `${low} – ${high}`
  return [
    oneLine(basis.kinship === 'trained' ? model : `${model} *`),
    shortTokens(totalTokens.p50),
    range(shortTokens(totalTokens.p10), shortTokens(totalTokens.p90)),
    shortTokens(outputTokens.p50),
    costUsd === null ? 'unknown' : shortUsd(Number(costUsd.p50)),
    costUsd === null ? '' : range(shortUsd(Number(costUsd.p10)), shortUsd(Number(costUsd.p90))),
    resolved === null ? 'unknown' : shortPercent(resolved),
    ...(budgetUsd === null ? [] : [overBudget == null ? 'unknown' : shortPercent(overBudget)]),
  ]
}

/** Pads columns; on a narrow terminal output tokens go first, then the range of tokens, P(resolved), total tokens. */
function table(rows: readonly (readonly string[])[], columns: number): readonly string[] {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((row) => row[j]?.length ?? 0)))
  const kept = widths.map((_, j) => j)
  for (const dropped of [3, 2, 6, 1, 5]) {
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

/** The strongest reasons of the first model, those that raise before those that lower; those of 1 % are left out. */
function reasonLines({ basis }: Estimate, columns: number): readonly string[] {
  const side = (words: string, keep: (effect: number) => boolean) =>
    basis.reasons
      .filter(({ effect }) => keep(effect))
      .flatMap(({ meaning, effect }, i) => {
        const head = `${(i === 0 ? words : '').padEnd(10)}  × ${effect.toFixed(2)}  `
        return wrap(head + inWords(meaning), columns, ' '.repeat(head.length))
      })
  const lines = [
    ...side('raised by', (effect) => effect >= 1.01),
    ...side('lowered by', (effect) => effect <= 0.99),
  ]
  return lines.length === 0 ? [] : [...lines, '']
}

function trustLines({ forecasts, unread }: EstimateDocument): readonly string[] {
  const bases = forecasts.map(({ basis }) => basis)
  const lines = [REGIMES[bases[0]?.regime ?? 'issue']]
  if (bases.some(({ familiarTask }) => !familiarTask)) {
    lines.push('! Unlike the tasks it was trained on: the ranges may be too narrow.')
  }
  if (bases.some(({ kinship }) => kinship === 'other-agent')) {
    lines.push('* Not trained on with this agent: from another agent with this model, in a wider range.')
  }
  if (bases.some(({ kinship }) => kinship === 'unseen')) {
    lines.push('* Never trained on: what the models known have in common, in a wider range.')
  }
  if (unread > 0) lines.push(`! ${unread} source ${unread === 1 ? 'file' : 'files'} could not be read.`)
  return [...lines, ...costNotes(forecasts)]
}

/** What was assumed of costs, and for which models. */
function costNotes(forecasts: readonly Estimate[]): readonly string[] {
  const models = new Map<string, string[]>()
  for (const { model, basis, costReason } of forecasts) {
    const unknown =
      costReason === null ? [] : [`cost unknown, ${oneLine(costReason)} → give a price with --prices FILE`]
    for (const note of [...basis.notes, ...unknown]) {
      models.set(note, [...(models.get(note) ?? []), oneLine(model)])
    }
  }
  return [...models].map(([note, of]) => `${of.join(', ')}: ${note}.`)
}

const REGIMES: Readonly<Record<Estimate['basis']['regime'], string>> = {
  known: 'Other tasks of this repository were trained on; ranges like these held 8 in 10 times.',
  new: 'This repository was not trained on; for such ones, ranges like these held 8 in 10 times.',
  issue: 'From the issue alone → add --repo PATH for a narrower range.',
}

const cut = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, columns - 1).toWellFormed()}…`

/** Breaks a sentence into lines of at most `columns`, all but the first behind an indent; long words stay whole. */
function wrap(sentence: string, columns: number, indent = ''): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const [index, word] of sentence.split(' ').entries()) {
    if (line.trim() !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = indent + word
    } else line = index === 0 ? word : `${line} ${word}`
  }
  return [...lines, line]
}
