import type { Block, Exclusion, Report, ReportTable, Section } from './document.ts'
import { escapeMarkdown } from './markdown.ts'
import { cellsOf, type ShownCell } from './report-rows.ts'

export interface MarkdownOptions {
  /** The folder that holds the figures, as seen from the document; null = they are not written. */
  readonly figures: string | null
}

/** The report as Markdown; text of others is escaped. */
export function renderMarkdown(report: Report, { figures }: MarkdownOptions): string {
  const parts = [
    `# ${escapeMarkdown(report.title)}`,
    list(report.summary),
    report.about.map(([name, value]) => `${escapeMarkdown(name)}: ${escapeMarkdown(value)}`).join(' · '),
    ...leftOut(report.excluded),
    ...report.sections.flatMap((section) => sectionParts(section, figures)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const list = (sentences: readonly string[]): string =>
  sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`).join('\n')

function leftOut(excluded: readonly Exclusion[]): readonly string[] {
  if (excluded.length === 0) return []
  const rows = excluded.map(
    ({ runs, why, from }) =>
      `| ${runs.toLocaleString('en-US')} | ${escapeMarkdown(why)} | ${escapeMarkdown(from)} |`,
  )
  return ['## Left out', ['| runs | why | from |', '| ---: | --- | --- |', ...rows].join('\n')]
}

function sectionParts({ title, words, blocks }: Section, figures: string | null): readonly string[] {
  return [
    `## ${escapeMarkdown(title)}`,
    ...words.map(escapeMarkdown),
    ...blocks.flatMap((block) => blockParts(block, figures)),
  ]
}

function blockParts(block: Block, figures: string | null): readonly string[] {
  if (block.kind === 'table') return tableParts(block.table)
  const { id, title, alt } = block.figure
  const image =
    figures === null
      ? ''
      : `![${escapeMarkdown(alt)}](<${encodeURI(`${figures}/${id}.png`).replaceAll('\\', '/')}>)`
  const caption = figures === null ? '' : `*${escapeMarkdown(title)}*`
  return [image, caption, ...tableParts(block.table)]
}

function tableParts(table: ReportTable): readonly string[] {
  const { columns, title, note } = table
  const { rows, reasons } = cellsOf(table)
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const lines = rows.map((cells) => line(cells.map(cellMarkdown)))
  return [
    `### ${escapeMarkdown(title)}`,
    rows.length === 0
      ? 'No rows.'
      : [
          line(columns.map(({ head }) => escapeMarkdown(head))),
          line(columns.map(({ unit }) => (unit === 'text' ? '---' : '---:'))),
          ...lines,
        ].join('\n'),
    reasons.map(([reason, mark]) => `${mark} ${escapeMarkdown(reason)}`).join(' · '),
    escapeMarkdown(note),
  ]
}

/** Text of others is escaped; figures are ours: only what Markdown would take for mathematics or HTML. */
function cellMarkdown({ kind, main, interval, mark }: ShownCell): string {
  const figure = (text: string) => text.replaceAll('$', '\\$').replaceAll('<', '&lt;')
  const words = (kind === 'text' ? escapeMarkdown(main) : figure(main)) + mark
  return interval === null ? words : `${words} ${figure(interval)}`
}
