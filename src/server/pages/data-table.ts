import { type Content, html, type Markup } from './markup.ts'

/** A column: its head, and whether it holds figures, which are set to the right. */
export interface DataColumn {
  readonly head: string
  readonly figure?: boolean
}

/** A table of a page. The first cell of each row heads it. */
export interface DataTable {
  /** Unique on the page; letters, digits and hyphens, not of others. */
  readonly id: string
  readonly title: string
  readonly columns: readonly DataColumn[]
  readonly rows: readonly (readonly Content[])[]
  /** Below it. */
  readonly note?: Content
}

/** A table in a box of its own, which scrolls where the page is too narrow, by keyboard too. */
export function dataTable({ id, title, columns, rows, note }: DataTable): Markup {
  const kind = (j: number) => (columns[j]?.figure === true ? html` class="figure"` : '')
  const cell = (content: Content, j: number) =>
    j === 0 ? html`<th scope="row"${kind(j)}>${content}</th>` : html`<td${kind(j)}>${content}</td>`
  return html`<div class="table" role="group" aria-labelledby="${id}" tabindex="0">
<table>
<caption id="${id}">${title}</caption>
<thead><tr>${columns.map(({ head }, j) => html`<th scope="col"${kind(j)}>${head}</th>`)}</tr></thead>
<tbody>
${rows.map((cells) => html`<tr>${cells.map(cell)}</tr>\n`)}</tbody>
</table>
</div>
${note !== undefined && html`<p class="note">${note}</p>`}`
}
