import type { HeatChart } from '../figure.ts'
import type { Drawing } from './drawing.ts'
import { framed, nothingLayers, type Specified } from './frame.ts'
import { boxLayers, strokeLayers, textLayers } from './layers.ts'
import { cutMiddle } from './plain-name.ts'
import { rowNames } from './rows.ts'
import { AXIS, INK, LABEL_SIZE, LINE_HEIGHT, PAPER, SOFT_INK, shade } from './theme.ts'

const PITCH = 20
const BLANK = '#F4F5F6'

/** A table in shades; what is unknown is crossed out. */
export function heatSpec({ rows, columns, cells }: HeatChart, { measure, width, name }: Drawing): Specified {
  const shown = rows.map((of) => name(of, 0.34 * width))
  const left = Math.max(0, ...shown.map((text) => measure(text, LABEL_SIZE))) + 9
  const across = (width - left - 2) / Math.max(1, columns.length)
  const heads = columns.map((head) => headLines(head, across - 4, (text) => measure(text, LABEL_SIZE), name))
  const headRows = Math.max(1, ...heads.map(({ length }) => length))
  const ranges = columns.map((_, column) =>
    range(cells.filter((_, index) => index % columns.length === column).map(({ value }) => value)),
  )
  const placed = cells.map(({ value, text }, index) => {
    const [row, column] = [Math.floor(index / columns.length), index % columns.length]
    const { fill, ink } =
      value === null ? { fill: BLANK, ink: SOFT_INK } : shade(ranges[column]?.(value) ?? 0)
    const [x, y] = [column * across, row * PITCH]
    return {
      x,
      y,
      x2: x + across,
      y2: y + PITCH,
      fill,
      ink,
      value,
      text: cutMiddle(text, across - 4, (of) => measure(of, LABEL_SIZE)),
    }
  })
  const frame = {
    left,
    top: headRows * LINE_HEIGHT + 6,
    right: 2,
    bottom: 4,
    plotWidth: width - left - 2,
    plotHeight: Math.max(PITCH, rows.length * PITCH),
  }
  return framed(frame, [
    ...boxLayers(placed, PAPER, 1.5),
    ...strokeLayers(
      placed
        .filter(({ value, text }) => value === null && text === '')
        .map(({ x, y, x2, y2 }) => ({ x: x + 2, y: y2 - 2, x2: x2 - 2, y2: y + 2, colour: AXIS })),
      0.5,
    ),
    ...textLayers(
      placed.map(({ x, x2, y, text, ink }) => ({ x: (x + x2) / 2, y: y + PITCH / 2, text, ink })),
      { size: LABEL_SIZE, align: 'center' },
    ),
    ...textLayers(
      heads.flatMap((lines, column) =>
        lines.map((text, line) => ({
          x: (column + 0.5) * across,
          y: -6 - (lines.length - line - 0.5) * LINE_HEIGHT + 1,
          text,
          ink: INK,
        })),
      ),
      { size: LABEL_SIZE, align: 'center' },
    ),
    ...rowNames(shown, PITCH),
    ...(cells.length === 0 ? nothingLayers(frame) : []),
  ])
}

/** Where a value lies between the least and the most of its column; the middle where all are the same. */
function range(values: readonly (number | null)[]): (value: number) => number {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return (value) => (low === high ? 0.5 : (value - low) / (high - low))
}

/** The head of a column in lines of whole words; words too long are cut. */
function headLines(
  head: string,
  width: number,
  measure: (text: string) => number,
  name: (text: string, width: number) => string,
): readonly string[] {
  const lines: string[] = []
  for (const word of name(head, Infinity).split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && measure(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(cutMiddle(word, width, measure))
  }
  return lines
}
