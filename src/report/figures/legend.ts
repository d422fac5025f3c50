import { boxLayers, type Layer, symbolLayers, textLayers } from './layers.ts'
import { LABEL_SIZE, LINE_HEIGHT } from './theme.ts'

export interface LegendEntry {
  /** As it is to be shown. */
  readonly name: string
  readonly colour: string
  /** A shape, or `box` for the part of a stack. */
  readonly shape: string
}

export interface Legend {
  readonly height: number
  /** In a plot that begins so far from the upper left corner of the figure. */
  readonly layers: (left: number, top: number) => readonly Layer[]
}

const SYMBOL = 14
const GAP = 14

/** The names of series in rows over the plot, as many in a row as there is room for. */
export function legend(
  entries: readonly LegendEntry[],
  width: number,
  measure: (text: string) => number,
): Legend {
  const placed: (LegendEntry & { readonly x: number; readonly y: number })[] = []
  let [x, row] = [0, 0]
  for (const entry of entries) {
    const room = SYMBOL + measure(entry.name)
    if (x > 0 && x + room > width) {
      x = 0
      row++
    }
    placed.push({ ...entry, x, y: (row + 0.5) * LINE_HEIGHT })
    x += room + GAP
  }
  const height = entries.length === 0 ? 0 : (row + 1) * LINE_HEIGHT + 6
  return {
    height,
    layers: (left, top) =>
      legendLayers(placed.map((entry) => ({ ...entry, x: entry.x - left, y: entry.y - top }))),
  }
}

function legendLayers(
  entries: readonly (LegendEntry & { readonly x: number; readonly y: number })[],
): readonly Layer[] {
  const boxes = entries.filter(({ shape }) => shape === 'box')
  const symbols = entries.filter(({ shape }) => shape !== 'box')
  return [
    ...boxLayers(boxes.map(({ x, y, colour }) => ({ x, y: y - 4, x2: x + 10, y2: y + 4, fill: colour }))),
    ...symbolLayers(
      symbols.map(({ x, y, colour, shape }) => ({ x: x + 5, y, colour, shape })),
      44,
    ),
    ...textLayers(
      entries.map(({ x, y, name }) => ({ x: x + SYMBOL, y, text: name })),
      { size: LABEL_SIZE },
    ),
  ]
}
