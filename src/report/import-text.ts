import { ERRORS, type KnownError } from '../errors.ts'
import type { SkippedSource } from '../store/import-opened.ts'
import type { SourceReport, Tally } from '../store/import-source.ts'
import { oneLine } from './estimate-notes.ts'
import { table, wrap } from './text-layout.ts'

/** What an import came to. */
export interface ImportSummary {
  readonly dryRun: boolean
  readonly reports: readonly SourceReport[]
  readonly skipped: readonly SkippedSource[]
}

/** How many of a kind are named; the others are counted. */
const MOST_NAMED = 10

/** An import for people: what came from where by which model, what was not read, and why. */
export function importText(summary: ImportSummary, columns: number): string {
  const { dryRun, reports, skipped } = summary
  const rows = rowsOf(reports)
  const heads = ['format', 'model', 'new', 'further', 'as before', 'copies']
  const known = reports.filter((report) => report.known)
  const broken = reports.flatMap(({ name, unreadable }) =>
    unreadable.map(({ line, error }) => placed(name, line, error)),
  )
  const failed = skipped.filter(({ error }) => error !== null)
  const strange = skipped.filter(({ error }) => error === null)
  return [
    ...(rows.length === 0
      ? ['no runs']
      : table([heads, ...rows], { columns, left: 2, dispensable: [5, 4, 3], flexible: 1 })),
    '',
    ...(known.length === 0 ? [] : [`${count(known.length, 'source')} as before, not read again`]),
    ...named(
      'could not be read',
      [
        ...failed.flatMap(({ name, error }) => (error === null ? [] : [placed(name, null, error)])),
        ...broken,
      ],
      columns,
    ),
    ...named(
      'of no known format',
      strange.map(({ name }) => name),
      columns,
    ),
    ...named(
      'without a run',
      reports.flatMap(({ name, nothing }) => nothing.map((why) => `${name}: ${why}`)),
      columns,
    ),
    ...(dryRun ? ['nothing was written (--dry-run)'] : []),
    '',
  ]
    .filter((line, i, lines) => line !== '' || lines[i - 1] !== '')
    .join('\n')
}

/** The same as one JSON document. */
export function importJson({ dryRun, reports, skipped }: ImportSummary): string {
  const told = (error: KnownError) => ({
    code: error.code,
    title: ERRORS[error.code].title,
    detail: error.detail,
    fix: error.fix,
  })
  const document = {
    schema: 'import/1',
    dryRun,
    sources: reports.map(({ models, unreadable, ...report }) => ({
      ...report,
      models: Object.fromEntries(models),
      unreadable: unreadable.map(({ line, error }) => ({ line, error: told(error) })),
    })),
    skipped: skipped.map(({ name, error }) => ({ name, error: error === null ? null : told(error) })),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** Most details begin with the place already. */
function placed(name: string, line: number | null, { detail, message }: KnownError): string {
  if (detail === name) return message
  return detail.startsWith(name) ? detail : `${name}${line === null ? '' : `:${line}`}: ${detail}`
}

function rowsOf(reports: readonly SourceReport[]): readonly (readonly string[])[] {
  const sums = new Map<string, { format: string; model: string; tally: Record<keyof Tally, number> }>()
  for (const { format, models } of reports) {
    for (const [model, tally] of models) {
      const key = JSON.stringify([format, model])
      const sum = sums.get(key) ?? { format, model, tally: { added: 0, updated: 0, unchanged: 0, copy: 0 } }
      for (const name of Object.keys(tally) as (keyof Tally)[]) sum.tally[name] += tally[name]
      sums.set(key, sum)
    }
  }
  return [...sums.values()]
    .sort((a, b) => (a.format === b.format ? (a.model < b.model ? -1 : 1) : a.format < b.format ? -1 : 1))
    .map(({ format, model, tally }) => [
      format,
      oneLine(model) || '?',
      String(tally.added),
      String(tally.updated),
      String(tally.unchanged),
      String(tally.copy),
    ])
}

function named(what: string, names: readonly string[], columns: number): readonly string[] {
  if (names.length === 0) return []
  const rest = names.length - MOST_NAMED
  return [
    `${count(names.length, 'place')} ${what}:`,
    ...names.slice(0, MOST_NAMED).flatMap((name) => wrap(`  ${oneLine(name)}`, columns, '    ')),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ]
}

const count = (n: number, what: string): string => `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`
