import type { Column, ReportTable } from './document.ts'
import { escapeMarkup } from './report-escape.ts'
import { cellsOf, type ShownCell } from './report-rows.ts'

/** A table in a box of its own, which scrolls where it is too wide; reasons and note below it. */
export function htmlTable(table: ReportTable): string {
  const { columns, title, note } = table
  const id = `table-${escapeMarkup(table.id)}`
  const { rows, reasons } = cellsOf(table)
  const heads = columns.map(headHtml)
  const lines = rows.map(
    (cells) => `<tr>${cells.map((cell, j) => cellHtml(cell, columns[j], j)).join('')}</tr>`,
  )
  const empty = `<tr><td colspan="${columns.length}">no rows</td></tr>`
  return [
    `<div class="table${rows.length <= SHORT ? ' short' : ''}" role="group" aria-labelledby="${id}" tabindex="0">`,
    '<table>',
    `<caption id="${id}">${escapeMarkup(title)}</caption>`,
    `<thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>\n${lines.length === 0 ? empty : lines.join('\n')}\n</tbody>`,
    '</table>',
    '</div>',
    ...reasonsHtml(reasons),
    ...(note === '' ? [] : [`<p class="note">${escapeMarkup(note)}</p>`]),
  ].join('\n')
}

/** So few rows stay together in print. */
const SHORT = 15

const kind = (unit: Column['unit']): string => (unit === 'text' ? '' : ' class="figure"')

/** What has no head is no head cell: readers of the page would announce nothing. */
const headHtml = ({ head, unit }: Column): string =>
  head === '' ? '<td></td>' : `<th scope="col"${kind(unit)}>${escapeMarkup(head)}</th>`

/** The name of a row heads it. */
function cellHtml({ main, interval, mark }: ShownCell, column: Column | undefined, index: number): string {
  const words = `${escapeMarkup(main)}${mark}`
  const shown = interval === null ? words : `${words} <span class="interval">${escapeMarkup(interval)}</span>`
  if (column?.unit === 'text' && index === 0) return `<th scope="row">${shown}</th>`
  return `<td${kind(column?.unit ?? 'text')}>${shown}</td>`
}

const reasonsHtml = (reasons: readonly (readonly [string, string])[]): readonly string[] =>
  reasons.length === 0
    ? []
    : [
        `<p class="note">${reasons.map(([reason, mark]) => `${mark} ${escapeMarkup(reason)}`).join(' · ')}</p>`,
      ]
