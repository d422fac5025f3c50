import { withResolution } from './png-resolution.ts'
import type { Fonts } from './read-fonts.ts'
import { FONT } from './theme.ts'

const DOTS_PER_INCH = 300

/** A figure for print: the SVG at 300 dots per inch, which the file says, in our own fonts only. */
export async function figurePng(svg: string, fonts: Fonts): Promise<Uint8Array> {
  const { renderAsync } = await import('@resvg/resvg-js')
  const image = await renderAsync(svg, {
    font: { loadSystemFonts: false, fontFiles: [...fonts.files], defaultFontFamily: FONT },
    fitTo: { mode: 'zoom', value: DOTS_PER_INCH / 96 },
  })
  return withResolution(image.asPng(), DOTS_PER_INCH)
}
