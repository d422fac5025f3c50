import { isUtf8 } from 'node:buffer'
import { dsvFormat } from 'd3-dsv'
import type { KnownError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Source } from './format.ts'
import { malformed } from './malformed.ts'
import { lineOf, readJsonLines } from './read-json-lines.ts'
import { MAX_LINE_BYTES, readLines } from './read-lines.ts'

/** What a row has in a column; undefined = it has no such column. */
export type Cell = (column: string) => unknown

/** A row of a table, with the line it begins on, or why it cannot be read. */
export type Row =
  | { readonly line: number; readonly cell: Cell; readonly error: null }
  | { readonly line: number; readonly cell: null; readonly error: KnownError }

type Named = Pick<Source, 'name' | 'bytes'>

/**
 * The rows of a CSV (RFC 4180) under its headings.
 * @throws KnownError `run-malformed` when a column that is needed is not among them
 */
export async function* readCsvRows(
  source: Named,
  { separator, columns }: { readonly separator: string; readonly columns: readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const { parseRows } = dsvFormat(separator)
  let places: ReadonlyMap<string, number> | null = null
  for await (const { line, text, error } of readRecords(source, signal)) {
    const where = lineOf(source.name, line)
    if (error !== null) yield { line, cell: null, error }
    else {
      const [cells = [], ...more] = parseRows(text)
      if (places === null) places = headings(cells, columns, where)
      else if (more.length > 0) yield broken(line, malformed(where, UNCLOSED))
      else if (cells.length !== places.size) yield broken(line, malformed(where, misfit(cells, places)))
      else yield rowOf(line, cells, places)
    }
  }
  if (places === null) throw malformed(source.name, 'there is no line of headings')
}

/** The rows of JSON Lines: a column is a member of each, by its name or a JSON pointer. */
export async function* readJsonRows(source: Named, signal: AbortSignal): AsyncGenerator<Row> {
  for await (const { number: line, value, error } of readJsonLines(source, signal)) {
    if (error !== null) yield broken(line, error)
    else if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      yield broken(line, malformed(lineOf(source.name, line), 'no JSON object'))
    } else yield { line, cell: (column) => memberOf(value, column), error: null }
  }
}

/** A member of a JSON value by its name, or by a JSON pointer (RFC 6901); undefined = there is none. */
export function memberOf(value: unknown, column: string): unknown {
  if (!column.startsWith('/')) return ownMember(value, column)
  const steps = column.slice(1).split('/')
  return steps.reduce((at, step) => ownMember(at, step.replaceAll('~1', '/').replaceAll('~0', '~')), value)
}

/** The headings of a CSV at the beginning of its text. */
export function headingsOf(text: string, separator: string): readonly string[] {
  return dsvFormat(separator).parseRows(text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '')[0] ?? []
}

function ownMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

const broken = (line: number, error: KnownError): Row => ({ line, cell: null, error })

function rowOf(line: number, cells: readonly string[], places: ReadonlyMap<string, number>): Row {
  const cell: Cell = (column) => {
    const place = places.get(column)
    return place === undefined ? undefined : cells[place]
  }
  return { line, cell, error: null }
}

function headings(
  cells: readonly string[],
  columns: readonly string[],
  where: string,
): ReadonlyMap<string, number> {
  const places = new Map(cells.map((name, i) => [name, i]))
  const twice = cells.find((name, i) => places.get(name) !== i)
  if (twice !== undefined) throw malformed(where, `two columns are called ${JSON.stringify(twice)}`)
  const missing = columns.find((name) => !places.has(name))
  if (missing === undefined) return places
  const meant = nearest(missing, cells)
  const hint = meant === null ? '' : `; did you mean ${JSON.stringify(meant)}?`
  throw malformed(where, `there is no column ${JSON.stringify(missing)}, which is needed${hint}`)
}

const misfit = (cells: readonly string[], places: ReadonlyMap<string, number>): string =>
  `${cells.length} columns, where the headings are ${places.size}`

const UNCLOSED = 'a quotation mark stands where none may, or its text does not end'
const TOO_LONG = `the row is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`

type TextRecord =
  | { readonly line: number; readonly text: string; readonly error: null }
  | { readonly line: number; readonly text: null; readonly error: KnownError }

/** A text in quotation marks may hold line ends: a row is whole when they are even in number. */
async function* readRecords(source: Named, signal: AbortSignal): AsyncGenerator<TextRecord> {
  let held: string[] = []
  let [size, quotes, first] = [0, 0, 1]
  for await (const { number, bytes } of readLines(source.bytes)) {
    signal.throwIfAborted()
    if (held.length === 0) first = number
    size += bytes === null ? Number.POSITIVE_INFINITY : bytes.length
    const problem =
      size > MAX_LINE_BYTES ? TOO_LONG : bytes !== null && !isUtf8(bytes) ? 'not UTF-8 text' : null
    const text = problem !== null || bytes === null ? '' : textOf(bytes, number)
    quotes += text.split('"').length - 1
    held.push(text)
    if (problem === null && quotes % 2 === 1) continue
    const error = problem === null ? null : malformed(lineOf(source.name, first), problem)
    const whole = held.join('\n').replace(/\r$/, '')
    if (error !== null) yield { line: first, text: null, error }
    else if (/\S/.test(whole)) yield { line: first, text: whole, error: null }
    held = []
    size = 0
    quotes = 0
  }
  if (held.length > 0)
    yield { line: first, text: null, error: malformed(lineOf(source.name, first), UNCLOSED) }
}

/** Without the byte order mark before the first line. */
function textOf(bytes: Buffer, number: number): string {
  const text = bytes.toString()
  return number === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text
}
