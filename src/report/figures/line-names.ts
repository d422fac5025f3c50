import type { LinesChart } from '../figure.ts'
import { type Layer, strokeLayers, symbolLayers, textLayers } from './layers.ts'
import type { Plane } from './plane.ts'
import { spread } from './spread.ts'
import type { TextWidth } from './text-width.ts'
import { LABEL_SIZE, LINE_HEIGHT, seriesStyle } from './theme.ts'

type Line = LinesChart['lines'][number]

/** Lines of so few points show them. */
export const FEW_POINTS = 12

/** From the end of the plot to the name: a sample of the line. */
const SAMPLE = { from: 6, to: 24, name: 28 }

/** The room at the right of a plot for the names of its lines. */
export function namesRoom(names: readonly string[], measure: TextWidth): number {
  if (names.length === 0) return 10
  return SAMPLE.name + Math.max(...names.map((text) => measure(text, LABEL_SIZE))) + 1
}

/** Each name as near to the end of its line as the others allow, behind a sample of the line. */
export function nameLayers(
  lines: readonly Line[],
  names: readonly string[],
  { frame, place }: Plane,
): readonly Layer[] {
  if (names.length === 0) return []
  const ends = lines.map(({ points }) => {
    const last = points.at(-1)
    return last === undefined ? { x: frame.plotWidth, y: frame.plotHeight } : place(last.x, last.y)
  })
  const heights = spread(
    ends.map(({ y }) => y),
    LINE_HEIGHT - 1,
    frame.plotHeight,
  )
  const from = frame.plotWidth
  const samples = lines.flatMap((_, index) => {
    const { colour, dash } = seriesStyle(index)
    const y = heights[index] ?? 0
    return strokeLayers([{ x: from + SAMPLE.from, y, x2: from + SAMPLE.to, y2: y, colour }], 1.6, dash)
  })
  const leaders = ends.map(({ x, y }, index) => ({
    x: Math.max(x, 0),
    y,
    x2: from + SAMPLE.from - 1,
    y2: heights[index] ?? 0,
    colour: seriesStyle(index).colour,
  }))
  const marked = lines.flatMap(({ points }, index) => {
    const { colour, shape } = seriesStyle(index)
    return points.length > FEW_POINTS
      ? []
      : [{ x: from + (SAMPLE.from + SAMPLE.to) / 2, y: heights[index] ?? 0, colour, shape }]
  })
  const words = names.map((text, index) => ({ x: from + SAMPLE.name, y: heights[index] ?? 0, text }))
  return [
    ...strokeLayers(leaders, 0.5),
    ...samples,
    ...symbolLayers(marked, 26),
    ...textLayers(words, { size: LABEL_SIZE }),
  ]
}
