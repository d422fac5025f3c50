import { isUnsaid, type ReportTable } from './document.ts'

/** Why cells of a table are empty: each reason with its mark, in the order of the rows. */
export function reasonMarks({ rows }: ReportTable): ReadonlyMap<string, string> {
  const marks = new Map<string, string>()
  for (const cell of rows.flat()) {
    if (isUnsaid(cell) && !marks.has(cell.unsaid)) marks.set(cell.unsaid, superscript(marks.size + 1))
  }
  return marks
}

const DIGITS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

const superscript = (count: number): string =>
  String(count).replace(/\d/g, (digit) => DIGITS[Number(digit)] ?? '')
