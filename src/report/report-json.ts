import { type Block, type Cell, isUnsaid, type Report, type ReportTable } from './document.ts'
import { assertFinite } from './report-cell.ts'

/** The report as one JSON document: rows are objects by column key, what cannot be said is null with its reason. */
export const renderJson = (report: Report): string =>
  `${JSON.stringify({ ...report, sections: report.sections.map((section) => ({ ...section, blocks: section.blocks.map(block) })) }, null, 2)}\n`

const block = (one: Block) => ({ ...one, table: table(one.table) })

function table(of: ReportTable) {
  const rows = of.rows.map((cells) =>
    Object.fromEntries(
      of.columns.map((column, j) => {
        const cell = cells[j]
        if (cell === undefined) throw new Error(`table ${of.id}, column ${column.key}: no cell`)
        assertFinite(cell, column, of)
        return [column.key, value(cell)]
      }),
    ),
  )
  return { ...of, rows }
}

const value = (cell: Cell) => (isUnsaid(cell) ? { value: null, reason: cell.unsaid } : cell)
