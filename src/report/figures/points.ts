import type { Point, PointsChart } from '../figure.ts'
import { type Drawing, distinct } from './drawing.ts'
import { framed } from './frame.ts'
import { labelPlaces } from './label-places.ts'
import { type FigureSpec, type Layer, raw, textLayers } from './layers.ts'
import { legend } from './legend.ts'
import { channel, diagonalLayers, type Plane, plane, planeTitles, ruleLayers } from './plane.ts'
import { LABEL_SIZE, LINE_HEIGHT, PAPER, seriesStyle, WIDTHS } from './theme.ts'

/** Marks in a plane: colour and shape by series, error bars, labels where there is room. */
export function pointsSpec(chart: PointsChart, drawing: Drawing): FigureSpec {
  const { measure, width, name } = drawing
  const series = distinct(chart.points.map((point) => point.series))
  const named = needsLegend(chart, series) ? series : []
  const key = legend(
    named.map((of, index) => ({ ...seriesStyle(index), name: name(of, 0.45 * width) })),
    width,
    (text) => measure(text, LABEL_SIZE),
  )
  const ruled = (axis: 'x' | 'y') =>
    (chart.rules ?? []).filter((rule) => rule.axis === axis).map(({ at }) => at)
  const drawn = plane({
    x: chart.x,
    y: chart.y,
    xs: [...chart.points.flatMap(({ x, xLow = x, xHigh = x }) => [x, xLow, xHigh]), ...ruled('x')],
    ys: [...chart.points.flatMap(({ y, low = y, high = y }) => [y, low, high]), ...ruled('y')],
    width,
    plotHeight: width === WIDTHS.single ? 200 : 290,
    right: 10,
    legend: key,
    measure,
  })
  return framed(drawn.frame, [
    ...markLayers(chart.points, series, drawn),
    ...(chart.diagonal ? diagonalLayers(drawn) : []),
    ...ruleLayers(drawn, chart.rules ?? [], measure),
    ...labelLayers(chart.points, drawn, drawing),
    ...planeTitles(drawn, measure),
    ...key.layers(drawn.frame.left, drawn.frame.top),
  ])
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
      low: clamped(point.low ?? point.y, y.domain),
      high: clamped(point.high ?? point.y, y.domain),
      xLow: clamped(point.xLow ?? point.x, x.domain),
      xHigh: clamped(point.xHigh ?? point.x, x.domain),
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

const clamped = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(high, Math.max(low, value))

function labelLayers(
  points: readonly Point[],
  { frame, place }: Plane,
  { measure, name, width }: Drawing,
): readonly Layer[] {
  const labelled = points.flatMap(({ x, y, label }) =>
    label === undefined ? [] : [{ ...place(x, y), text: name(label, 0.35 * width) }],
  )
  const wishes = labelled.map(({ x, y, text }) => ({
    x,
    y,
    width: measure(text, LABEL_SIZE),
    height: LINE_HEIGHT - 2,
  }))
  const room = { left: 2, top: 0, right: frame.plotWidth + frame.right - 2, bottom: frame.plotHeight - 2 }
  const places = labelPlaces(
    wishes,
    points.map(({ x, y }) => place(x, y)),
    room,
  )
  const words = labelled.flatMap(({ text }, index) => {
    const at = places[index]
    return at == null ? [] : [{ ...at, text }]
  })
  return textLayers(words, { size: LABEL_SIZE, rim: true })
}
