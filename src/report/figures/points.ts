import type { Point, PointsChart } from '../figure.ts'
import { type Drawing, distinct } from './drawing.ts'
import { framed, nothingLayers, type Specified } from './frame.ts'
import { type Layer, raw } from './layers.ts'
import { legend } from './legend.ts'
import { channel, type Plane, plane, planeTitles } from './plane.ts'
import { diagonalLayers, ruleLayers } from './plane-lines.ts'
import { pointLabels } from './point-labels.ts'
import { LABEL_SIZE, PAPER, seriesStyle } from './theme.ts'

/** Marks in a plane: colour and shape by series, error bars, labels where there is room. */
export function pointsSpec(chart: PointsChart, drawing: Drawing): Specified {
  const { measure, width, columns, name } = drawing
  const series = distinct(chart.points.map((point) => point.series))
  const named = needsLegend(chart, series) ? series : []
  const key = legend(
    named.map((of, index) => ({ ...seriesStyle(index), name: name(of, 0.45 * width) })),
    width,
    (text) => measure(text, LABEL_SIZE),
  )
  const drawn = plane({
    x: chart.x,
    y: chart.y,
    xs: chart.points.flatMap(({ x, xLow = x, xHigh = x }) => [x, xLow, xHigh]),
    ys: chart.points.flatMap(({ y, low = y, high = y }) => [y, low, high]),
    rules: chart.rules ?? [],
    xEnds: 'round',
    width,
    plotHeight: columns === 'single' ? 200 : 290,
    right: 10,
    legend: key,
    measure,
  })
  const labels = pointLabels(chart.points, drawn, drawing)
  const layers = [
    ...markLayers(chart.points, series, drawn),
    ...(chart.diagonal ? diagonalLayers(drawn, measure) : []),
    ...ruleLayers(drawn, chart.rules ?? [], measure),
    ...labels.layers,
    ...(chart.points.length === 0 ? nothingLayers(drawn.frame) : []),
    ...planeTitles(drawn, measure),
    ...key.layers(drawn.frame.left, drawn.frame.top),
  ]
  return framed(drawn.frame, layers, labels.notes)
}

/** Not where there is one series, nor where every mark bears the name of its series. */
const needsLegend = ({ points }: PointsChart, series: readonly string[]): boolean =>
  series.length > 1 && points.some(({ label, series: of }) => label !== of)

/** Smaller and thinner the more there are. */
function look(count: number): { readonly size: number; readonly opacity: number } {
  if (count <= 60) return { size: 44, opacity: 1 }
  if (count <= 250) return { size: 24, opacity: 0.75 }
  return { size: 12, opacity: 0.55 }
}

function markLayers(points: readonly Point[], series: readonly string[], { x, y }: Plane): readonly Layer[] {
  const values = points.map((point) => {
    const { colour, shape } = seriesStyle(series.indexOf(point.series))
    const bounds = {
      low: y.inside(point.low ?? point.y),
      high: y.inside(point.high ?? point.y),
      xLow: x.inside(point.xLow ?? point.x),
      xHigh: x.inside(point.xHigh ?? point.x),
    }
    return { x: point.x, y: point.y, ...bounds, colour, shape }
  })
  const [atX, atY] = [channel(x, 'x', 'x'), channel(y, 'y', 'y')]
  const bar = { type: 'rule' as const, strokeWidth: 1, opacity: 0.8 }
  const { size, opacity } = look(points.length)
  const upright = values.filter(({ low, high }) => low < high)
  const level = values.filter(({ xLow, xHigh }) => xLow < xHigh)
  return [
    {
      data: { values: upright },
      mark: bar,
      encoding: { x: atX, y: { ...atY, field: 'low' }, y2: { field: 'high' }, color: raw('colour') },
    },
    {
      data: { values: level },
      mark: bar,
      encoding: { x: { ...atX, field: 'xLow' }, x2: { field: 'xHigh' }, y: atY, color: raw('colour') },
    },
    {
      data: { values },
      mark: { type: 'point', filled: true, size, opacity, stroke: PAPER, strokeWidth: 0.5 },
      encoding: { x: atX, y: atY, fill: raw('colour'), shape: raw('shape') },
    },
  ]
}
