import type { Font } from './font.ts'
import type { Fonts } from './read-fonts.ts'

/** How wide a text is, in the unit of its size. */
export type TextWidth = (text: string, size: number, bold?: boolean) => number

/** From the advances of the face itself; pairs are not moved together, which is at most a hair narrower. */
export function textWidth({ regular, bold }: Fonts): TextWidth {
  const widths = new Map<Font, Map<string, number>>([
    [regular, new Map()],
    [bold, new Map()],
  ])
  return (text, size, isBold = false) => {
    const font = isBold ? bold : regular
    let sum = 0
    for (const sign of text) sum += signWidth(font, sign, widths.get(font))
    return (sum * size) / font.unitsPerEm
  }
}

function signWidth(font: Font, sign: string, known: Map<string, number> | undefined): number {
  const found = known?.get(sign)
  if (found !== undefined) return found
  const width = font.advance(font.glyphs.get(sign.codePointAt(0) ?? 0) ?? 0)
  known?.set(sign, width)
  return width
}
