import type { HeatChart } from '../figure.ts'
import type { Drawing } from './drawing.ts'
import { type Frame, framed, nothingLayers, type Specified } from './frame.ts'
import { type Box, boxLayers, type Layer, strokeLayers, textLayers, type Words } from './layers.ts'
import { cutMiddle } from './plain-name.ts'
import { rowNames } from './rows.ts'
import { AXIS, LABEL_SIZE, LINE_HEIGHT, PAPER, SOFT_INK, shade } from './theme.ts'

const PITCH = 20
const BLANK = '#F4F5F6'

/** A table in shades; what is unknown is blank. */
export function heatSpec(chart: HeatChart, drawing: Drawing): Specified {
  const { rows, columns, cells } = chart
  const { measure, width, name } = drawing
  const names = rows.map((of) => name(of, 0.34 * width))
  const left = Math.max(0, ...names.map((text) => measure(text, LABEL_SIZE))) + 9
  const across = (width - left - 2) / Math.max(1, columns.length)
  const heads = columns.map((head) => headLines(head, across - 4, drawing))
  const frame: Frame = {
    left,
    top: Math.max(1, ...heads.map(({ length }) => length)) * LINE_HEIGHT + 6,
    right: 2,
    bottom: 4,
    plotWidth: width - left - 2,
    plotHeight: Math.max(PITCH, rows.length * PITCH),
  }
  return framed(frame, [
    ...cellLayers(chart, across, drawing),
    ...headLayers(heads, across),
    ...rowNames(names, PITCH),
    ...(cells.length === 0 ? nothingLayers(frame) : []),
  ])
}

interface Cell extends Box {
  readonly ink: string
  readonly text: string
}

function cellLayers({ columns, cells }: HeatChart, across: number, { measure }: Drawing): readonly Layer[] {
  const ranges = columns.map((_, column) =>
    range(cells.filter((_, index) => index % columns.length === column).map(({ value }) => value)),
  )
  const placed = cells.map(({ value, text }, index): Cell => {
    const [row, column] = [Math.floor(index / columns.length), index % columns.length]
    const unknown = { fill: BLANK, ink: SOFT_INK }
    const [x, y] = [column * across, row * PITCH]
    return {
      ...(value === null ? unknown : shade(ranges[column]?.(value) ?? 0)),
      ...{ x, y, x2: x + across, y2: y + PITCH },
      text: cutMiddle(text, across - 4, (of) => measure(of, LABEL_SIZE)),
    }
  })
  const words = placed.map(({ x, x2, y, text, ink }) => ({ x: (x + x2) / 2, y: y + PITCH / 2, text, ink }))
  return [
    ...boxLayers(placed, PAPER, 1.5),
    ...crossedOut(placed.filter(({ text }) => text === '')),
    ...textLayers(words, { size: LABEL_SIZE, align: 'center' }),
  ]
}

/** Where a value lies between the least and the most of its column; the middle where all are the same. */
function range(values: readonly (number | null)[]): (value: number) => number {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return (value) => (low === high ? 0.5 : (value - low) / (high - low))
}

/** A stroke through cells in which nothing is written, so that they are not taken for forgotten. */
const crossedOut = (cells: readonly Cell[]): readonly Layer[] =>
  strokeLayers(
    cells.map(({ x, y, x2, y2 }) => ({ x: x + 2, y: y2 - 2, x2: x2 - 2, y2: y + 2, colour: AXIS })),
    0.5,
  )

/** Set from below, so that heads of one line and of two stand on the cells. */
function headLayers(heads: readonly (readonly string[])[], across: number): readonly Layer[] {
  const words = heads.flatMap((lines, column) =>
    lines.map((text, line): Words => {
      const above = (lines.length - line - 0.5) * LINE_HEIGHT
      return { x: (column + 0.5) * across, y: -5 - above, text }
    }),
  )
  return textLayers(words, { size: LABEL_SIZE, align: 'center' })
}

/** The head of a column in lines of whole words; words too long are cut. */
function headLines(head: string, width: number, { measure, name }: Drawing): readonly string[] {
  const wide = (text: string) => measure(text, LABEL_SIZE)
  const lines: string[] = []
  for (const word of name(head, Infinity).split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && wide(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(cutMiddle(word, width, wide))
  }
  return lines
}
