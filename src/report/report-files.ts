import type { Report } from './document.ts'
import { figurePng } from './figures/figure-png.ts'
import { figureSvg } from './figures/figure-svg.ts'
import { fontFaces } from './figures/font-face.ts'
import type { Fonts } from './figures/read-fonts.ts'

export interface ReportFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The figures of a report as files, one after the other: `<id>.svg`, its font in it, and `<id>.png` at 300 DPI. */
export async function* figureFiles(report: Report, fonts: Fonts): AsyncGenerator<ReportFile> {
  for (const block of report.sections.flatMap(({ blocks }) => blocks)) {
    if (block.kind !== 'figure') continue
    const { id } = block.figure
    const svg = await figureSvg(block.figure, fonts)
    yield { name: `${id}.svg`, bytes: new TextEncoder().encode(withFont(svg, fonts)) }
    yield { name: `${id}.png`, bytes: await figurePng(svg, fonts) }
  }
}

/** The fonts go in behind the opening tag. */
const withFont = (svg: string, fonts: Fonts): string =>
  svg.replace(/^<svg[^>]*>/, (opening) => `${opening}<style>${fontFaces(fonts, svg)}</style>`)
