import type { LinesChart } from '../figure.ts'
import type { Drawing } from './drawing.ts'
import { framed } from './frame.ts'
import { type FigureSpec, type Layer, raw, strokeLayers, symbolLayers, textLayers } from './layers.ts'
import { legend } from './legend.ts'
import { channel, type Plane, plane, planeTitles, ruleLayers } from './plane.ts'
import { spread } from './spread.ts'
import { LABEL_SIZE, LINE_HEIGHT, seriesStyle, WIDTHS } from './theme.ts'

type Line = LinesChart['lines'][number]

/** More bands than this hide one another: their figures are in the table. */
export const MOST_BANDS = 5
/** Lines of so few points show them. */
const FEW_POINTS = 12
/** From the end of the plot to the name: a sample of the line. */
const SAMPLE = { from: 6, to: 24, name: 28 }

/** Curves: colour and dash by series, named at their ends. */
export function linesSpec(chart: LinesChart, drawing: Drawing): FigureSpec {
  const { measure, width, name } = drawing
  const points = chart.lines.flatMap((line) => line.points)
  const banded = chart.lines.length <= MOST_BANDS
  const ruled = (axis: 'x' | 'y') =>
    (chart.rules ?? []).filter((rule) => rule.axis === axis).map(({ at }) => at)
  const names = chart.lines.length > 1 ? chart.lines.map(({ series }) => name(series, 0.3 * width)) : []
  const widest = Math.max(0, ...names.map((text) => measure(text, LABEL_SIZE)))
  const drawn = plane({
    x: chart.x,
    y: chart.y,
    xs: [...points.map(({ x }) => x), ...ruled('x')],
    ys: [...points.flatMap(({ y, low = y, high = y }) => (banded ? [y, low, high] : [y])), ...ruled('y')],
    width,
    plotHeight: Math.max(width === WIDTHS.single ? 190 : 270, chart.lines.length * LINE_HEIGHT),
    right: names.length === 0 ? 10 : SAMPLE.name + widest + 1,
    legend: legend([], width, () => 0),
    measure,
  })
  return framed(drawn.frame, [
    ...(banded ? bandLayers(chart, drawn) : []),
    ...curveLayers(chart, drawn),
    ...ruleLayers(drawn, chart.rules ?? [], measure),
    ...nameLayers(chart.lines, names, drawn),
    ...planeTitles(drawn, measure),
  ])
}

function bandLayers({ lines, step }: LinesChart, { x, y }: Plane): readonly Layer[] {
  const values = lines.flatMap(({ series, points }, index) =>
    points.flatMap((point) =>
      point.low === undefined || point.high === undefined
        ? []
        : [
            {
              x: point.x,
              low: inside(point.low, y.domain),
              high: inside(point.high, y.domain),
              series: `${index} ${series}`,
              colour: seriesStyle(index).colour,
            },
          ],
    ),
  )
  return [
    {
      data: { values },
      mark: { type: 'area', opacity: 0.14, interpolate: step ? 'step-after' : 'linear' },
      encoding: {
        x: channel(x, 'x', 'x'),
        y: { ...channel(y, 'low', 'y'), stack: null },
        y2: { field: 'high' },
        fill: raw('colour'),
        detail: { field: 'series', type: 'nominal' },
      },
    },
  ]
}

const inside = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(high, Math.max(low, value))

function curveLayers({ lines, step }: LinesChart, { x, y }: Plane): readonly Layer[] {
  const [atX, atY] = [channel(x, 'x', 'x'), channel(y, 'y', 'y')]
  const curves = lines.map(({ points }, index): Layer => {
    const { colour, dash } = seriesStyle(index)
    return {
      data: { values: points.map((point, order) => ({ x: point.x, y: point.y, order })) },
      mark: {
        type: 'line',
        color: colour,
        strokeWidth: 1.6,
        strokeDash: [...dash],
        strokeJoin: 'round',
        interpolate: step ? 'step-after' : 'linear',
      },
      encoding: { x: atX, y: atY, order: { field: 'order' } },
    }
  })
  const marks = lines.flatMap(({ points }, index) => {
    const { colour, shape } = seriesStyle(index)
    const shown = points.length <= FEW_POINTS && !step ? points : points.length === 1 ? points : []
    return shown.map((point) => ({ x: point.x, y: point.y, colour, shape }))
  })
  const dots: Layer = {
    data: { values: marks },
    mark: { type: 'point', filled: true, size: 26, opacity: 1 },
    encoding: { x: atX, y: atY, fill: raw('colour'), shape: raw('shape') },
  }
  return [...curves, ...(marks.length === 0 ? [] : [dots])]
}

/** Each name as near to the end of its line as the others allow, behind a sample of the line. */
function nameLayers(
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
