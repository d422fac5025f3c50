import type { ReportTable } from './document.ts'
import { oneLine } from './estimate-notes.ts'
import { cellsOf, type ShownCell } from './report-rows.ts'
import { table, wrap } from './text-layout.ts'

/** The least a first column is cut to. */
const MIN_FIRST = 20

/**
 * A table for a terminal. Where it is too wide, first names are cut, then intervals go, then columns from the last;
 * what went is said below it.
 */
export function tableLines(of: ReportTable, columns: number): readonly string[] {
  const { rows, reasons } = cellsOf(of)
  if (rows.length === 0) return [oneLine(of.title), 'no rows']
  const heads = of.columns.map(({ head }) => oneLine(head))
  const intervals = rows.some((cells) => cells.some(({ interval }) => interval !== null))
  const full = [heads, ...rows.map((cells) => cells.map((cell) => words(cell, true)))]
  const bare = [heads, ...rows.map((cells) => cells.map((cell) => words(cell, false)))]
  const lines = fits(full, columns) ? full : bare
  const kept = keptColumns(lines, columns)
  const shown = lines.map((line) => line.slice(0, kept))
  const gone = [...(lines === bare && intervals ? ['intervals'] : []), ...heads.slice(kept)]
  const texts = of.columns.findIndex(({ unit }) => unit !== 'text')
  return [
    oneLine(of.title),
    ...table(shown, {
      columns,
      left: texts < 0 ? heads.length : Math.max(1, texts),
      dispensable: [],
      flexible: 0,
    }),
    ...reasons.flatMap(([reason, mark]) => wrap(`${mark} ${oneLine(reason)}`, columns, '  ')),
    ...(gone.length === 0
      ? []
      : wrap(`No room here for: ${gone.join(', ')} → a wider terminal, or --format html`, columns, '  ')),
    ...(of.note === '' ? [] : wrap(oneLine(of.note), columns)),
  ]
}

const words = ({ main, interval, mark }: ShownCell, withInterval: boolean): string =>
  `${oneLine(main)}${mark}${withInterval && interval !== null ? ` ${interval}` : ''}`

const fits = (lines: readonly (readonly string[])[], columns: number): boolean =>
  needed(lines, lines[0]?.length ?? 0) <= columns

/** So many from the first have room. */
function keptColumns(lines: readonly (readonly string[])[], columns: number): number {
  let kept = lines[0]?.length ?? 0
  while (kept > 1 && needed(lines, kept) > columns) kept--
  return kept
}

/** The width of the first so many columns, names cut as far as they may be. */
function needed(lines: readonly (readonly string[])[], count: number): number {
  const widths = Array.from({ length: count }, (_, j) =>
    Math.max(...lines.map((line) => line[j]?.length ?? 0)),
  )
  return widths.reduce((sum, width, j) => sum + (j === 0 ? Math.min(width, MIN_FIRST) : width) + 2, -2)
}
