import type { Block, Report, Section } from './document.ts'
import { oneLine } from './estimate-notes.ts'
import { tableLines } from './report-text-table.ts'
import { wrap } from './text-layout.ts'

/** The report for a terminal of so many columns: the findings, the tables, and what figures there are. */
export function renderText(report: Report, columns: number): string {
  const parts = [
    [oneLine(report.title).toUpperCase()],
    report.summary.flatMap((sentence) => wrap(`• ${oneLine(sentence)}`, columns, '  ')),
    about(report, columns),
    leftOut(report, columns),
    ...report.sections.flatMap((section) => sectionParts(section, columns)),
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

const about = ({ about }: Report, columns: number): readonly string[] =>
  about.length === 0
    ? []
    : wrap(about.map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}`).join(' · '), columns)

function leftOut({ excluded }: Report, columns: number): readonly string[] {
  if (excluded.length === 0) return []
  const lines = excluded.flatMap(({ runs, why, from }) => {
    const count = runs === 1 ? '1 run' : `${runs.toLocaleString('en-US')} runs`
    return wrap(`• ${count} from ${oneLine(from)}: ${oneLine(why)}`, columns, '  ')
  })
  return ['Left out', ...lines]
}

function sectionParts({ title, words, blocks }: Section, columns: number): readonly (readonly string[])[] {
  const head = oneLine(title)
  return [
    [head, '─'.repeat(Math.min(columns, head.length))],
    ...words.map((sentence) => wrap(oneLine(sentence), columns)),
    ...blocks.map((block) => blockLines(block, columns)),
  ]
}

/** Of a figure, what is to be seen in it. */
const blockLines = (block: Block, columns: number): readonly string[] =>
  block.kind === 'table'
    ? tableLines(block.table, columns)
    : [...wrap(oneLine(block.figure.alt), columns), ...tableLines(block.table, columns)]
