import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { Report } from '../report/document.ts'
import type { Invocation } from './command-line.ts'
import { showSafely } from './escape.ts'
import { progressBar } from './progress.ts'
import { checkPlace, writeWhole } from './write-file.ts'

/** What every report may be asked of its form. */
export const OUTPUT_OPTIONS = {
  figures: z.string().min(1).optional(),
  out: z.string().min(1).optional(),
  summary: z.boolean().default(false),
}

/** Gives a command the options of its output. */
export function withOutput(command: Command): Command {
  return command
    .option('--figures <folder>', 'also write each figure as SVG and as PNG of 300 DPI')
    .option('--out <file>', 'where to (default: standard output)')
    .option('--summary', 'only the findings in plain words')
}

/** Writes the figures where asked, then the report in the form asked for. */
export async function publish(
  call: Invocation,
  whole: Report,
  { figures, out, summary }: z.infer<z.ZodObject<typeof OUTPUT_OPTIONS>>,
): Promise<void> {
  const { app } = call
  const report = summary ? { ...whole, excluded: [], sections: [] } : whole
  if (figures !== undefined) await writeFigures(call, report, resolve(app.cwd, figures))
  const text = await rendered(call, report, figures === undefined ? null : folderSeen(call, figures, out))
  if (out === undefined) app.print(text)
  else {
    await writeWhole(resolve(app.cwd, out), text)
    app.note(`written: ${showSafely(out)}\n`)
  }
}

/** The folder of the figures as seen from the document: from its own folder where it is written to a file. */
function folderSeen({ app }: Invocation, figures: string, out: string | undefined): string {
  if (out === undefined || isAbsolute(figures)) return figures
  return relative(dirname(resolve(app.cwd, out)), resolve(app.cwd, figures)) || '.'
}

async function writeFigures({ app }: Invocation, report: Report, folder: string): Promise<void> {
  await checkPlace(folder)
  const [{ figureFiles }, { readFonts }] = await Promise.all([
    import('../report/report-files.ts'),
    import('../report/figures/read-fonts.ts'),
  ])
  const bar = progressBar(app, 'drawing')
  let done = 0
  try {
    for await (const { name, bytes } of figureFiles(report, readFonts())) {
      app.signal.throwIfAborted()
      await writeWhole(join(folder, name), bytes)
      bar.count(++done)
    }
  } finally {
    bar.end()
  }
}

async function rendered(
  { app, format }: Invocation,
  report: Report,
  figures: string | null,
): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('../report/report-json.ts')).renderJson(report)
    case 'csv':
      return (await import('../report/report-csv.ts')).renderCsv(report)
    case 'markdown':
      return (await import('../report/report-markdown.ts')).renderMarkdown(report, { figures })
    case 'html': {
      const { renderHtml } = await import('../report/report-html.ts')
      const { readFonts } = await import('../report/figures/read-fonts.ts')
      return renderHtml(report, readFonts())
    }
    default:
      return showSafely((await import('../report/report-text.ts')).renderText(report, app.columns))
  }
}
