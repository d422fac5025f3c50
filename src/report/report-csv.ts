import { csvFormatRow } from 'd3-dsv'
import { type Cell, type Column, isMeasured, isUnsaid, type Report, type ReportTable } from './document.ts'
import { assertFinite } from './report-cell.ts'

/** Every cell of the report in a line of its own, under `HEAD`; figures as they are, in the base unit of the column. */
export function renderCsv(report: Report): string {
  const lines = report.sections.flatMap(({ id, blocks }) =>
    blocks.flatMap(({ table }) => tableLines(table).map((line) => [report.name, id, ...line])),
  )
  return [HEAD, ...lines].map((line) => `${csvFormatRow(line.map(harmless))}\n`).join('')
}

const HEAD = [
  'report',
  'section',
  'table',
  'row',
  'column',
  'unit',
  'text',
  'estimate',
  'low',
  'high',
  'n',
  'reason',
]

function tableLines(table: ReportTable): readonly (readonly Value[])[] {
  return table.rows.flatMap((cells, row) =>
    table.columns.map((column, j) => [
      table.id,
      row + 1,
      column.key,
      column.unit,
      ...values(cells[j], column, table),
    ]),
  )
}

type Value = string | number | null

function values(cell: Cell | undefined, column: Column, table: ReportTable): readonly Value[] {
  if (cell === undefined) throw new Error(`table ${table.id}, column ${column.key}: no cell`)
  assertFinite(cell, column, table)
  if (isUnsaid(cell)) return [null, null, null, null, null, cell.unsaid]
  if (isMeasured(cell)) return [null, cell.estimate, cell.low, cell.high, cell.n, null]
  return typeof cell === 'string'
    ? [cell, null, null, null, null, null]
    : [null, cell, null, null, null, null]
}

/** A spreadsheet takes text that begins so for a formula, and an apostrophe before it for the word that it is text. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u

function harmless(value: Value): string {
  if (value === null) return ''
  return typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value)
}
