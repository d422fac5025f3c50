import { cutMiddle, plainName } from './plain-name.ts'
import type { Fonts } from './read-fonts.ts'
import { type TextWidth, textWidth } from './text-width.ts'
import { EDGE, type FigureWidth, LABEL_SIZE, WIDTHS } from './theme.ts'

/** What every chart is drawn with. */
export interface Drawing {
  /** Between the edges, in px. */
  readonly width: number
  readonly columns: FigureWidth
  readonly measure: TextWidth
  /** A name of others, plain and cut to a width, at the size of labels. */
  readonly name: (name: string, width: number) => string
}

export function drawing(fonts: Fonts, width: FigureWidth): Drawing {
  const measure = textWidth(fonts)
  return {
    columns: width,
    width: WIDTHS[width] - 2 * EDGE,
    measure,
    name: (name, room) => cutMiddle(plainName(fonts, name), room, (text) => measure(text, LABEL_SIZE)),
  }
}

/** Names in the order in which they first occur. */
export const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)]
