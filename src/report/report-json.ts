import { type Block, type Cell, isUnsaid, type Report, type ReportTable } from './document.ts'
import { assertDrawable } from './figures/drawable.ts'
import { assertFinite } from './report-cell.ts'

/**
 * The report as one JSON document, figures as data. Rows are objects by column key; what cannot be said is
 * `{"value": null, "reason": …}`. @throws Error on a value that is not finite: a bug.
 */
export function renderJson(report: Report): string {
  const sections = report.sections.map((section) => ({ ...section, blocks: section.blocks.map(blockJson) }))
  return `${JSON.stringify({ ...report, sections }, null, 2)}\n`
}

function blockJson(block: Block) {
  if (block.kind === 'figure') assertDrawable(block.figure)
  return { ...block, table: { ...block.table, rows: rowsJson(block.table) } }
}

const rowsJson = (table: ReportTable) =>
  table.rows.map((cells) =>
    Object.fromEntries(
      table.columns.map((column, j) => {
        const cell = cells[j]
        if (cell === undefined) throw new Error(`table ${table.id}, column ${column.key}: no cell`)
        assertFinite(cell, column, table)
        return [column.key, cellJson(cell)]
      }),
    ),
  )

const cellJson = (cell: Cell) => (isUnsaid(cell) ? { value: null, reason: cell.unsaid } : cell)
