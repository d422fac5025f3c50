import type { ReportTable } from './document.ts'
import { oneLine } from './estimate-notes.ts'
import { cellsOf, type ShownCell } from './report-rows.ts'
import { cut, table, wrap } from './text-layout.ts'

/** The least a column of names is cut to. */
const MIN_NAME = 8
const GAP = 2

/**
 * A table for a terminal of so many columns. One that is too wide is continued below, its names repeated; names and
 * texts too long are cut.
 */
export function tableLines(of: ReportTable, columns: number): readonly string[] {
  const { rows, reasons } = cellsOf(of)
  const below = [
    ...reasons.flatMap(([reason, mark]) => wrap(`${mark} ${oneLine(reason)}`, columns, '  ')),
    ...(of.note === '' ? [] : wrap(oneLine(of.note), columns)),
  ]
  if (rows.length === 0) return [oneLine(of.title), 'no rows', ...below]
  const lines = [of.columns.map(({ head }) => oneLine(head)), ...rows.map((cells) => cells.map(words))]
  const layout = layOut(of, lines, columns)
  const parts = layout.parts.map((part) => part.map((j) => column(of, lines, j, layout.widths[j] ?? 0)))
  const tables = parts.map((part) =>
    table(
      lines.map((_, row) => part.map((cells) => cells[row] ?? '')),
      { columns, left: layout.names, dispensable: [] },
    ),
  )
  return [
    oneLine(of.title),
    ...tables.flatMap((part, index) => (index === 0 ? part : ['', ...part])),
    ...below,
  ]
}

const words = ({ main, interval, mark }: ShownCell): string =>
  `${oneLine(main)}${mark}${interval === null ? '' : ` ${interval}`}`

interface Layout {
  /** So many columns from the first are names. */
  readonly names: number
  readonly widths: readonly number[]
  /** Columns that stand side by side, names first. */
  readonly parts: readonly (readonly number[])[]
}

function layOut(of: ReportTable, lines: readonly (readonly string[])[], columns: number): Layout {
  const natural = of.columns.map((_, j) => Math.max(...lines.map((line) => line[j]?.length ?? 0)))
  const whole = natural.reduce((sum, width) => sum + width + GAP, -GAP)
  const texts = of.columns.findIndex(({ unit }) => unit !== 'text')
  const names = texts < 0 ? 1 : Math.max(1, texts)
  const nameWidths = narrowed(
    natural.slice(0, names),
    Math.max(columns / 3, columns - (whole - sum(natural, names))),
  )
  const room = columns - sum(nameWidths, names)
  const widths = natural.map((width, j) => nameWidths[j] ?? Math.min(width, Math.max(1, room - GAP)))
  const parts: number[][] = []
  let left = 0
  for (const [j, width] of widths.entries()) {
    if (j < names) continue
    if (left < width + GAP || parts.length === 0) {
      parts.push(Array.from({ length: names }, (_, name) => name))
      left = room
    }
    parts.at(-1)?.push(j)
    left -= width + GAP
  }
  return { names, widths, parts: parts.length === 0 ? [widths.map((_, j) => j)] : parts }
}

const sum = (widths: readonly number[], count: number): number =>
  widths.slice(0, count).reduce((total, width) => total + width + GAP, -GAP)

/** The widest are cut until all have room. */
function narrowed(widths: readonly number[], room: number): readonly number[] {
  const narrow = [...widths]
  while (sum(narrow, narrow.length) > room && Math.max(...narrow) > MIN_NAME) {
    const widest = narrow.indexOf(Math.max(...narrow))
    narrow[widest] = (narrow[widest] ?? 0) - 1
  }
  return narrow
}

/** The cells of a column, cut to its width; texts are set to the left of it. */
function column(
  of: ReportTable,
  lines: readonly (readonly string[])[],
  j: number,
  width: number,
): readonly string[] {
  const text = of.columns[j]?.unit === 'text'
  return lines.map((line) => (text ? cut(line[j] ?? '', width).padEnd(width) : cut(line[j] ?? '', width)))
}
