import type { ReportTable } from './document.ts'
import { type CellText, cellText } from './report-cell.ts'
import { reasonMarks } from './report-reasons.ts'

/** A cell in words, with the mark of the reason why it is empty (or nothing). */
export interface ShownCell extends CellText {
  readonly mark: string
}

/** A table in words. @throws Error where a row has not as many cells as there are columns: a bug. */
export function cellsOf(table: ReportTable): {
  readonly rows: readonly (readonly ShownCell[])[]
  readonly reasons: readonly (readonly [reason: string, mark: string])[]
} {
  const marks = reasonMarks(table)
  const rows = table.rows.map((cells) => {
    if (cells.length !== table.columns.length) {
      throw new Error(`table ${table.id}: ${cells.length} cells for ${table.columns.length} columns`)
    }
    return table.columns.flatMap((column, j) => {
      const cell = cells[j]
      if (cell === undefined) return []
      const shown = cellText(cell, column, table)
      return [{ ...shown, mark: marks.get(shown.reason ?? '') ?? '' }]
    })
  })
  return { rows, reasons: [...marks] }
}
