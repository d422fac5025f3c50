import { fontSubset } from './font-subset.ts'
import type { Fonts } from './read-fonts.ts'
import { FONT } from './theme.ts'

/** Style rules with both faces in them, of the signs of a text only: about 15 kB each. */
export function fontFaces(fonts: Fonts, text: string): string {
  return [[400, fonts.regular] as const, [600, fonts.bold] as const]
    .map(([weight, font]) => {
      const bytes = Buffer.from(fontSubset(font, text)).toString('base64')
      return `@font-face { font-family: '${FONT}'; font-weight: ${weight}; src: url(data:font/ttf;base64,${bytes}) format('truetype'); }`
    })
    .join('\n')
}
