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

type Placed = LegendEntry & { readonly x: number; readonly y: number }

/** The names of series over the plot: in one row, or below one another in columns. */
export function legend(
  entries: readonly LegendEntry[],
  width: number,
  measure: (text: string) => number,
): Legend {
  const rooms = entries.map(({ name }) => SYMBOL + measure(name) + GAP)
  const oneRow = rooms.reduce((sum, room) => sum + room, 0) - GAP <= width
  const column = Math.max(1, ...rooms)
  const across = oneRow ? entries.length : Math.max(1, Math.floor((width + GAP) / column))
  const placed = entries.map((entry, index) => ({
    ...entry,
    x: oneRow ? rooms.slice(0, index).reduce((sum, room) => sum + room, 0) : (index % across) * column,
    y: (Math.floor(index / across) + 0.5) * LINE_HEIGHT,
  }))
  return {
    height: entries.length === 0 ? 0 : Math.ceil(entries.length / across) * LINE_HEIGHT + 6,
    layers: (left, top) =>
      legendLayers(placed.map((entry) => ({ ...entry, x: entry.x - left, y: entry.y - top }))),
  }
}

function legendLayers(entries: readonly Placed[]): readonly Layer[] {
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
