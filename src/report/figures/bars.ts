import type { BarsChart } from '../figure.ts'
import { barLayers, dotLayers, type Mark } from './bar-marks.ts'
import { type Drawing, distinct } from './drawing.ts'
import { framed, nothingLayers, type Specified } from './frame.ts'
import { type Layer, strokeLayers } from './layers.ts'
import { type Legend, legend } from './legend.ts'
import { type Rows, rowLayers, rows, zeroLayers } from './rows.ts'
import { GRID, INK, LABEL_SIZE, partColours, seriesStyle } from './theme.ts'

/** Heights in px: of a row with one mark, of each mark where there are several, and of what is between the rows. */
const SINGLE = 17
const EACH = 9.5
const BETWEEN = 8
const BAR = 11

/** Values by name, one below the other; series side by side, told apart by lightness (bars) or shape (dots). */
export function barsSpec(chart: BarsChart, drawing: Drawing): Specified {
  const dots = chart.mark === 'dots' || chart.value.scale === 'log'
  const names = distinct(chart.bars.map((bar) => bar.name))
  const series = distinct(chart.bars.map((bar) => bar.series ?? ''))
  const drawn = rows(
    {
      names,
      pitch: series.length <= 1 ? SINGLE : series.length * EACH + BETWEEN,
      axis: chart.value,
      values: chart.bars.flatMap(({ value, low = value, high = value }) => [value, low, high]),
      ends: dots ? 'round' : 'zero',
      rules: chart.rules ?? [],
      legend: seriesLegend(series, dots, drawing),
    },
    drawing,
  )
  const marks = marksOf(chart, drawn, { names, series, dots })
  const layers = dots
    ? [...rowLines(drawn, series.length), ...zeroLayers(drawn), ...dotLayers(marks, drawn.scale)]
    : [...barLayers(marks, drawn.scale), ...zeroLayers(drawn)]
  const empty = marks.length === 0 ? nothingLayers(drawn.frame) : []
  return framed(drawn.frame, [...layers, ...empty, ...rowLayers(drawn, drawing)])
}

function seriesLegend(series: readonly string[], dots: boolean, { measure, width, name }: Drawing): Legend {
  const colours = partColours(series.length)
  const entries = series.map((of, index) => ({
    name: name(of, 0.45 * width),
    ...(dots ? seriesStyle(index) : { colour: colours[index] ?? INK, shape: 'box' }),
  }))
  return legend(series.length > 1 ? entries : [], width, (text) => measure(text, LABEL_SIZE))
}

interface Order {
  readonly names: readonly string[]
  readonly series: readonly string[]
  readonly dots: boolean
}

function marksOf(
  { bars }: BarsChart,
  { scale, pitch }: Rows,
  { names, series, dots }: Order,
): readonly Mark[] {
  const colours = partColours(series.length)
  const [thick, gap] = series.length <= 1 ? [BAR, 0] : [EACH, 0.5]
  return bars.map(({ name, value, low = value, high = value, series: of = '' }) => {
    const index = series.indexOf(of)
    const { colour, shape } = seriesStyle(index)
    const top = names.indexOf(name) * pitch + (pitch - thick * series.length) / 2 + index * thick
    return {
      value,
      low: scale.inside(low),
      high: scale.inside(high),
      zero: scale.inside(0),
      top: top + gap,
      middle: top + thick / 2,
      bottom: top + thick - gap,
      colour: dots ? colour : (colours[index] ?? INK),
      shape,
    }
  })
}

/** Faint lines from the names to the dots; where a row has several, between the rows. */
function rowLines({ names, pitch, frame }: Rows, series: number): readonly Layer[] {
  const places = names.map((_, row) => (series > 1 ? row * pitch : (row + 0.5) * pitch))
  const lines = places
    .filter((y) => y > 0)
    .map((y) => ({ x: 0, y, x2: frame.plotWidth, y2: y, colour: GRID }))
  return strokeLayers(lines, 0.75)
}
