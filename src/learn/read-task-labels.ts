import { resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import { type Cell, type Row, readCsvRows, readJsonRows } from '../trajectory/csv-map-rows.ts'
import type { Source } from '../trajectory/format.ts'
import { malformed } from '../trajectory/malformed.ts'
import { openFile } from '../trajectory/open-file.ts'
import { lineOf } from '../trajectory/read-json-lines.ts'
import { labelKey, type TaskLabel, type TaskLabels } from './task-labels.ts'

/** How the columns of a table of tasks are called. */
export type LabelColumns = Readonly<Record<'id' | 'benchmark' | 'difficulty' | 'kind', string>>

const COLUMNS: LabelColumns = { id: 'id', benchmark: 'benchmark', difficulty: 'difficulty', kind: 'kind' }

/**
 * What a table says of tasks: JSON Lines, or a CSV with headings, compressed or not; `file` is relative to `cwd`. Only the id
 * is needed; without a benchmark a label is for the tasks of that id in any; other columns are left alone.
 * @throws KnownError `file-not-found`, `file-unreadable`, `data-malformed` with file, line and column
 */
export async function readTaskLabels(
  file: string,
  { cwd, signal }: { readonly cwd: string; readonly signal: AbortSignal },
  columns: LabelColumns = COLUMNS,
): Promise<TaskLabels> {
  try {
    const source = await openFile({ name: file, path: resolve(cwd, file) })
    try {
      return await labelsOf(rowsOf(source, columns, signal), file, columns)
    } finally {
      await source.close()
    }
  } catch (error) {
    if (!(error instanceof KnownError) || error.code !== 'run-malformed') throw error
    throw new KnownError('data-malformed', error.detail, { cause: error, fix: FIX })
  }
}

const FIX = 'give each task an id and a difficulty or a kind: JSON Lines, or a CSV with these headings'

function rowsOf(source: Source, { id }: LabelColumns, signal: AbortSignal): AsyncGenerator<Row> {
  const isJson = /^\s*\{/.test(new TextDecoder().decode(source.head))
  return isJson
    ? readJsonRows(source, signal)
    : readCsvRows(source, { separator: ',', columns: [id] }, signal)
}

/** @throws KnownError `run-malformed` at the first row that cannot be used */
async function labelsOf(
  rows: AsyncIterable<Row>,
  file: string,
  columns: LabelColumns,
): Promise<Map<string, TaskLabel>> {
  const labels = new Map<string, TaskLabel>()
  for await (const { line, cell, error } of rows) {
    if (error !== null) throw error
    const where = lineOf(file, line)
    const label = {
      difficulty: textOf(cell, columns.difficulty, where),
      kind: textOf(cell, columns.kind, where),
    }
    for (const key of keysOf(cell, columns, where)) {
      const before = labels.get(key)
      if (before !== undefined && !isSame(before, label)) {
        throw malformed(where, `another label for ${JSON.stringify(cell(columns.id))}, which has one already`)
      }
      labels.set(key, label)
    }
  }
  if ([...labels.values()].some(({ difficulty, kind }) => difficulty !== null || kind !== null)) return labels
  throw malformed(file, `it tells the ${columns.difficulty} or the ${columns.kind} of no task`)
}

/** One key for each benchmark that the task is of; JSON Lines may list several. */
function keysOf(cell: Cell, columns: LabelColumns, where: string): readonly string[] {
  const id = textOf(cell, columns.id, where)
  if (id === null) throw malformed(where, `no ${columns.id}`)
  const told = cell(columns.benchmark)
  if (!Array.isArray(told)) return [labelKey(textOf(cell, columns.benchmark, where), id)]
  return told.map((name: unknown) => {
    if (typeof name === 'string' && name !== '') return labelKey(name, id)
    throw malformed(where, `${columns.benchmark}: ${JSON.stringify(name)} is no name`)
  })
}

function textOf(cell: Cell, column: string, where: string): string | null {
  const value = cell(column) ?? null
  if (value === null) return null
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw malformed(where, `${column}: ${JSON.stringify(value).slice(0, 40)} is no text`)
  }
  const text = String(value).trim()
  return text === '' ? null : text
}

const isSame = (a: TaskLabel, b: TaskLabel): boolean => a.difficulty === b.difficulty && a.kind === b.kind
