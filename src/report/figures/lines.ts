import type { LinesChart } from '../figure.ts'
import type { Drawing } from './drawing.ts'
import { framed, nothingLayers, type Specified } from './frame.ts'
import { type Layer, raw } from './layers.ts'
import { legend } from './legend.ts'
import { nameLayers, namesRoom, showsPoints } from './line-names.ts'
import { channel, type Plane, plane, planeTitles } from './plane.ts'
import { ruleLayers } from './plane-lines.ts'
import { LINE_HEIGHT, seriesStyle } from './theme.ts'

/** More bands than this hide one another: their figures are in the table. */
export const MOST_BANDS = 5

/** Curves: colour and dash by series, named at their ends. */
export function linesSpec(chart: LinesChart, drawing: Drawing): Specified {
  const { measure, width, columns, name } = drawing
  const points = chart.lines.flatMap((line) => line.points)
  const banded = chart.lines.length <= MOST_BANDS
  const names = chart.lines.length > 1 ? chart.lines.map(({ series }) => name(series, 0.3 * width)) : []
  const drawn = plane({
    x: chart.x,
    y: chart.y,
    xs: points.map(({ x }) => x),
    ys: points.flatMap(({ y, low = y, high = y }) => (banded ? [y, low, high] : [y])),
    rules: chart.rules ?? [],
    xEnds: 'tight',
    width,
    plotHeight: Math.max(columns === 'single' ? 190 : 270, chart.lines.length * LINE_HEIGHT),
    right: namesRoom(names, measure),
    legend: legend([], width, () => 0),
    measure,
  })
  return framed(drawn.frame, [
    ...(banded ? bandLayers(chart, drawn) : []),
    ...curveLayers(chart, drawn),
    ...ruleLayers(drawn, chart.rules ?? [], measure),
    ...nameLayers(chart, names, drawn),
    ...(points.length === 0 ? nothingLayers(drawn.frame) : []),
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
              low: y.inside(point.low),
              high: y.inside(point.high),
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

function curveLayers({ lines, step = false }: LinesChart, { x, y }: Plane): readonly Layer[] {
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
  const marks = lines.flatMap((line, index) => {
    const { colour, shape } = seriesStyle(index)
    return showsPoints(line, step) ? line.points.map(({ x, y }) => ({ x, y, colour, shape })) : []
  })
  const dots: Layer = {
    data: { values: marks },
    mark: { type: 'point', filled: true, size: 26, opacity: 1 },
    encoding: { x: atX, y: atY, fill: raw('colour'), shape: raw('shape') },
  }
  return [...curves, ...(marks.length === 0 ? [] : [dots])]
}
