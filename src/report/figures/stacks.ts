import type { Axis, StacksChart } from '../figure.ts'
import { type Drawing, distinct } from './drawing.ts'
import { framed, nothingLayers, type Specified } from './frame.ts'
import { type Layer, px, raw, textLayers } from './layers.ts'
import { legend } from './legend.ts'
import { channel } from './plane.ts'
import { type Rows, rowLayers, rows } from './rows.ts'
import { INK, inkOn, LABEL_SIZE, PAPER, partColours } from './theme.ts'
import { tickLabel } from './tick-label.ts'

const PITCH = 20
const THICK = 14

interface Part {
  readonly from: number
  readonly to: number
  readonly value: number
  readonly top: number
  readonly bottom: number
  readonly colour: string
}

/** Parts side by side in each row, from dark to light in the order of the legend, with their size where there is room. */
export function stacksSpec(chart: StacksChart, drawing: Drawing): Specified {
  const { measure, width, name } = drawing
  const series = distinct(chart.stacks.flatMap(({ parts }) => parts.map((part) => part.series)))
  const colours = partColours(series.length)
  const parts = partsOf(chart, series)
  const axis: Axis = chart.normalised ? { ...chart.value, scale: 'share' } : chart.value
  const drawn = rows(
    {
      names: chart.stacks.map((stack) => stack.name),
      pitch: PITCH,
      axis,
      values: chart.normalised ? [0, 1] : parts.map(({ to }) => to),
      ends: 'zero',
      rules: [],
      legend: legend(
        series.map((of, index) => ({
          name: name(of, 0.45 * width),
          colour: colours[index] ?? INK,
          shape: 'box',
        })),
        width,
        (text) => measure(text, LABEL_SIZE),
      ),
    },
    drawing,
  )
  return framed(drawn.frame, [
    ...partLayers(parts, drawn),
    ...sizeLayers(parts, axis, drawn, drawing),
    ...(parts.length === 0 ? nothingLayers(drawn.frame) : []),
    ...rowLayers(drawn, drawing),
  ])
}

function partsOf({ stacks, normalised }: StacksChart, series: readonly string[]): readonly Part[] {
  const colours = partColours(series.length)
  return stacks.flatMap(({ parts }, row) => {
    const sum = parts.reduce((total, { value }) => total + value, 0)
    const size = normalised && sum > 0 ? sum : 1
    const top = row * PITCH + (PITCH - THICK) / 2
    const order = (part: { readonly series: string }) => series.indexOf(part.series)
    let to = 0
    return [...parts]
      .sort((a, b) => order(a) - order(b))
      .map((part) => {
        const [from, value] = [to, part.value / size]
        to += value
        return { from, to, value, top, bottom: top + THICK, colour: colours[order(part)] ?? INK }
      })
  })
}

function partLayers(parts: readonly Part[], { scale }: Rows): readonly Layer[] {
  return [
    {
      data: { values: [...parts] },
      mark: { type: 'rect', stroke: PAPER, strokeWidth: 1 },
      encoding: {
        x: channel(scale, 'from', 'x'),
        x2: { field: 'to' },
        y: px('top'),
        y2: { field: 'bottom' },
        fill: raw('colour'),
      },
    },
  ]
}

/** Whole percents, three digits of anything else. */
function sizeLayers(
  parts: readonly Part[],
  axis: Axis,
  { scale, frame }: Rows,
  { measure }: Drawing,
): readonly Layer[] {
  const share = axis.scale === 'share'
  const words = parts.flatMap(({ from, to, value, top, colour }) => {
    const text = tickLabel(share ? Math.round(value * 100) / 100 : Number(value.toPrecision(3)), axis, null)
    const [begin, end] = [scale.share(from) * frame.plotWidth, scale.share(to) * frame.plotWidth]
    if (measure(text, LABEL_SIZE) > end - begin - 6) return []
    return [{ x: (begin + end) / 2, y: top + THICK / 2, text, ink: inkOn(colour) }]
  })
  return textLayers(words, { size: LABEL_SIZE - 0.5, align: 'center' })
}
