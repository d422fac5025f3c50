import type { LinesChart } from '../figure.ts'
import { type Layer, type Stroke, strokeLayers, symbolLayers, textLayers } from './layers.ts'
import type { Plane } from './plane.ts'
import { spread } from './spread.ts'
import type { TextWidth } from './text-width.ts'
import { LABEL_SIZE, LINE_HEIGHT, seriesStyle } from './theme.ts'

type Line = LinesChart['lines'][number]

/** Lines of few points show them; steps do not, but for one alone. */
export const showsPoints = ({ points }: Line, step: boolean): boolean =>
  points.length <= (step ? 1 : FEW_POINTS)

const FEW_POINTS = 12

/** From the end of the plot to the name: a sample of the line. */
const SAMPLE = { from: 10, to: 28, name: 32 }

/** The room at the right of a plot for the names of its lines. */
export function namesRoom(names: readonly string[], measure: TextWidth): number {
  if (names.length === 0) return 10
  return SAMPLE.name + Math.max(...names.map((text) => measure(text, LABEL_SIZE))) + 1
}

/** Each name as near to the end of its line as the others allow, behind a sample of the line. */
export function nameLayers(
  { lines, step = false }: LinesChart,
  names: readonly string[],
  { frame, place }: Plane,
): readonly Layer[] {
  if (names.length === 0) return []
  const { plotWidth, plotHeight } = frame
  const ends = lines.map(({ points }) => {
    const last = points.at(-1)
    return last === undefined ? { x: plotWidth, y: plotHeight } : place(last.x, last.y)
  })
  const wished = ends.map(({ y }) => y)
  const heights = spread(wished, LINE_HEIGHT - 1, plotHeight)
  const leaders = ends.map(({ x, y }, index): Stroke => {
    const { colour } = seriesStyle(index)
    return { x, y, x2: plotWidth + SAMPLE.from - 1, y2: heights[index] ?? y, colour }
  })
  const words = names.map((text, index) => ({ x: plotWidth + SAMPLE.name, y: heights[index] ?? 0, text }))
  return [
    ...strokeLayers(leaders, 0.5),
    ...lines.flatMap((line, index) =>
      sampleLayers(index, showsPoints(line, step), [plotWidth, heights[index] ?? 0]),
    ),
    ...textLayers(words, { size: LABEL_SIZE }),
  ]
}

/** A piece of a line from the end of the plot, with its mark where the line has marks. */
function sampleLayers(
  index: number,
  marked: boolean,
  [end, y]: readonly [x: number, y: number],
): readonly Layer[] {
  const { colour, shape, dash } = seriesStyle(index)
  const [from, to] = [end + SAMPLE.from, end + SAMPLE.to]
  return [
    ...strokeLayers([{ x: from, y, x2: to, y2: y, colour }], 1.6, dash),
    ...(marked ? symbolLayers([{ x: (from + to) / 2, y, colour, shape }], 26) : []),
  ]
}
