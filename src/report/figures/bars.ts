import type { BarsChart } from '../figure.ts'
import { type AxisScale, axisScale } from './axis-scale.ts'
import { type Drawing, distinct } from './drawing.ts'
import { type Frame, framed } from './frame.ts'
import { type FigureSpec, type Layer, px, raw, strokeLayers, textLayers } from './layers.ts'
import { type Legend, legend } from './legend.ts'
import { channel, valueTitle } from './plane.ts'
import { AXIS, GRID, INK, LABEL_SIZE, LINE_HEIGHT, partColours, SOFT_INK, seriesStyle } from './theme.ts'

/** Heights of rows, in px. */
const ROW = { single: 17, each: 9.5, between: 8 }

/** A row with everything that is drawn of it. */
interface Mark {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly zero: number
  readonly top: number
  readonly middle: number
  readonly bottom: number
  readonly colour: string
  readonly shape: string
}

/** Values by name, one below the other; series side by side, told apart by lightness (bars) or shape (dots). */
export function barsSpec(chart: BarsChart, drawing: Drawing): FigureSpec {
  const { measure, width, name } = drawing
  const dots = chart.mark === 'dots' || chart.value.scale === 'log'
  const names = distinct(chart.bars.map((bar) => bar.name))
  const series = distinct(chart.bars.map((bar) => bar.series ?? ''))
  const key = seriesLegend(series, dots, drawing)
  const shown = names.map((of) => name(of, 0.38 * width))
  const left = Math.max(0, ...shown.map((text) => measure(text, LABEL_SIZE))) + 9
  const rules = chart.rules ?? []
  const values = [
    ...chart.bars.flatMap(({ value, low = value, high = value }) => [value, low, high]),
    ...rules.map(({ at }) => at),
  ]
  const scale = axisScale(chart.value, values, {
    ticks: Math.max(4, Math.round((width - left) / 62)),
    zero: !dots,
  })
  const pitch = rowPitch(series.length)
  const frame = rowsFrame({
    left,
    width,
    height: names.length * pitch,
    legend: key,
    head: rules.length > 0 ? LINE_HEIGHT : 0,
    last: measure(scale.ticks.at(-1)?.label ?? '', LABEL_SIZE),
  })
  const marks = marksOf(chart, { names, series, dots }, scale)
  return framed(frame, [
    ...(dots ? rowLines(names.length, pitch, frame.plotWidth) : []),
    ...(dots ? dotLayers(marks, scale) : barLayers(marks, scale)),
    ...zeroLine(scale, frame),
    ...valueRules(rules, scale, frame, drawing),
    ...rowNames(shown, pitch),
    ...valueTitle(scale.title, frame, measure),
    ...key.layers(frame.left, frame.top),
  ])
}

const rowPitch = (series: number): number => (series <= 1 ? ROW.single : series * ROW.each + ROW.between)

function seriesLegend(series: readonly string[], dots: boolean, { measure, width, name }: Drawing): Legend {
  const colours = partColours(series.length)
  const entries = series.map((of, index) => ({
    name: name(of, 0.45 * width),
    ...(dots ? seriesStyle(index) : { colour: colours[index] ?? INK, shape: 'box' }),
  }))
  return legend(series.length > 1 ? entries : [], width, (text) => measure(text, LABEL_SIZE))
}

/** The frame of rows with names at the left and an axis of values below. */
export function rowsFrame(needs: {
  readonly left: number
  readonly width: number
  readonly height: number
  readonly legend: Legend
  readonly head: number
  readonly last: number
}): Frame {
  const right = Math.max(8, needs.last / 2 + 2)
  return {
    left: needs.left,
    top: needs.legend.height + needs.head + 4,
    right,
    bottom: 2 * LINE_HEIGHT + 9,
    plotWidth: needs.width - needs.left - right,
    plotHeight: Math.max(needs.height, ROW.single),
  }
}

function marksOf(
  { bars }: BarsChart,
  {
    names,
    series,
    dots,
  }: { readonly names: readonly string[]; readonly series: readonly string[]; readonly dots: boolean },
  { domain: [least, most] }: AxisScale,
): readonly Mark[] {
  const pitch = rowPitch(series.length)
  const colours = partColours(series.length)
  const inside = (value: number) => Math.min(most, Math.max(least, value))
  return bars.map(({ name, value, low = value, high = value, series: of = '' }) => {
    const index = series.indexOf(of)
    const style = seriesStyle(index)
    const thick = series.length <= 1 ? 11 : ROW.each
    const top = names.indexOf(name) * pitch + (pitch - thick * series.length) / 2 + index * thick
    return {
      value,
      low: inside(low),
      high: inside(high),
      zero: inside(0),
      top: top + (series.length > 1 ? 0.5 : 0),
      middle: top + thick / 2,
      bottom: top + thick - (series.length > 1 ? 0.5 : 0),
      colour: dots ? style.colour : (colours[index] ?? INK),
      shape: style.shape,
    }
  })
}

function barLayers(marks: readonly Mark[], scale: AxisScale): readonly Layer[] {
  return [
    {
      data: { values: [...marks] },
      mark: { type: 'rect' },
      encoding: {
        x: channel(scale, 'zero', 'x'),
        x2: { field: 'value' },
        y: px('top'),
        y2: { field: 'bottom' },
        fill: raw('colour'),
      },
    },
    ...intervals(marks, scale, INK),
  ]
}

function dotLayers(marks: readonly Mark[], scale: AxisScale): readonly Layer[] {
  return [
    ...intervals(marks, scale, null),
    {
      data: { values: [...marks] },
      mark: { type: 'point', filled: true, size: 44, opacity: 1 },
      encoding: {
        x: channel(scale, 'value', 'x'),
        y: px('middle'),
        fill: raw('colour'),
        shape: raw('shape'),
      },
    },
  ]
}

/** From low to high, with a short line across each end. */
function intervals(marks: readonly Mark[], scale: AxisScale, ink: string | null): readonly Layer[] {
  const values = marks
    .filter(({ low, high }) => low < high)
    .map((mark) => ({
      ...mark,
      colour: ink ?? mark.colour,
      above: mark.middle - 2.5,
      below: mark.middle + 2.5,
    }))
  const end = (field: string): Layer => ({
    data: { values },
    mark: { type: 'rule', strokeWidth: 1 },
    encoding: { x: channel(scale, field, 'x'), y: px('above'), y2: { field: 'below' }, color: raw('colour') },
  })
  if (values.length === 0) return []
  return [
    {
      data: { values },
      mark: { type: 'rule', strokeWidth: 1 },
      encoding: {
        x: channel(scale, 'low', 'x'),
        x2: { field: 'high' },
        y: px('middle'),
        color: raw('colour'),
      },
    },
    end('low'),
    end('high'),
  ]
}

/** Faint lines from the names to the dots. */
const rowLines = (rows: number, pitch: number, plotWidth: number): readonly Layer[] =>
  strokeLayers(
    Array.from({ length: rows }, (_, row) => {
      const y = (row + 0.5) * pitch
      return { x: 0, y, x2: plotWidth, y2: y, colour: GRID }
    }),
    0.75,
  )

function zeroLine({ domain, log, share }: AxisScale, { plotWidth, plotHeight }: Frame): readonly Layer[] {
  if (log || domain[0] > 0 || domain[1] < 0) return []
  const x = share(0) * plotWidth
  return strokeLayers([{ x, y: 0, x2: x, y2: plotHeight, colour: AXIS }], 1)
}

function valueRules(
  rules: NonNullable<BarsChart['rules']>,
  { share }: AxisScale,
  { plotWidth, plotHeight, left, right }: Frame,
  { measure }: Drawing,
): readonly Layer[] {
  const at = rules.map((rule) => ({ ...rule, x: share(rule.at) * plotWidth }))
  const words = at.map(({ x, label }) => {
    const room = measure(label, LABEL_SIZE)
    return {
      x: Math.max(-left, Math.min(x - room / 2, plotWidth + right - room)),
      y: -LINE_HEIGHT / 2 - 1,
      text: label,
    }
  })
  return [
    ...strokeLayers(
      at.map(({ x }) => ({ x, y: -2, x2: x, y2: plotHeight, colour: SOFT_INK })),
      1,
      [4, 3],
    ),
    ...textLayers(words, { size: LABEL_SIZE }),
  ]
}

/** The names of rows, at the left of them. */
export const rowNames = (names: readonly string[], pitch: number): readonly Layer[] =>
  textLayers(
    names.map((text, row) => ({ x: -8, y: (row + 0.5) * pitch, text })),
    { size: LABEL_SIZE, align: 'right' },
  )
