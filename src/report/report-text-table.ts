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
  const narrow = narrowed(
    natural.slice(0, names),
    Math.max(columns / 3, columns - (whole - sum(natural, names))),
  )
  const nameWidths =
    names > 1
      ? narrow
      : [
          widthToTellApart(
            lines.map(([name = '']) => name),
            narrow[0] ?? 0,
            columns / 2,
          ),
        ]
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
  const cells = lines.map((line) => line[j] ?? '')
  if (of.columns[j]?.unit !== 'text') return cells.map((cell) => cut(cell, width))
  return cutApart(cells, width).map((cell) => cell.padEnd(width))
}

/** The least width from `least` to `most` at which names that differ are still different when they are cut. */
function widthToTellApart(names: readonly string[], least: number, most: number): number {
  const distinct = new Set(names).size
  for (let width = least; width <= most; width++) {
    if (new Set(cutApart(names, width)).size === distinct) return width
  }
  return least
}

/** Names cut at their end, or in the middle where that tells more of them apart. */
function cutApart(names: readonly string[], width: number): readonly string[] {
  const ended = names.map((name) => cut(name, width))
  if (new Set(ended).size === new Set(names).size) return ended
  const middle = names.map((name) => cutMiddle(name, width))
  return new Set(middle).size > new Set(ended).size ? middle : ended
}

function cutMiddle(text: string, width: number): string {
  if (text.length <= width) return text
  const tail = (width - 1) >> 1
  return `${text.slice(0, width - 1 - tail).toWellFormed()}…${text.slice(text.length - tail).toWellFormed()}`
}
