import type { StacksChart } from '../figure.ts'
import { axisScale } from './axis-scale.ts'
import { rowNames, rowsFrame } from './bars.ts'
import { type Drawing, distinct } from './drawing.ts'
import { framed } from './frame.ts'
import { type FigureSpec, type Layer, px, raw, textLayers } from './layers.ts'
import { legend } from './legend.ts'
import { channel, valueTitle } from './plane.ts'
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

/** Parts side by side in each row, from dark to light in the order of the legend, with the share in those with room. */
export function stacksSpec(chart: StacksChart, drawing: Drawing): FigureSpec {
  const { measure, width, name } = drawing
  const series = distinct(chart.stacks.flatMap(({ parts }) => parts.map((part) => part.series)))
  const colours = partColours(series.length)
  const key = legend(
    series.map((of, index) => ({
      name: name(of, 0.45 * width),
      colour: colours[index] ?? INK,
      shape: 'box',
    })),
    width,
    (text) => measure(text, LABEL_SIZE),
  )
  const shown = chart.stacks.map((stack) => name(stack.name, 0.38 * width))
  const left = Math.max(0, ...shown.map((text) => measure(text, LABEL_SIZE))) + 9
  const parts = partsOf(chart, series)
  const axis = chart.normalised ? { ...chart.value, scale: 'share' as const } : chart.value
  const ends = chart.normalised ? [0, 1] : [0, ...parts.map(({ to }) => to)]
  const scale = axisScale(axis, ends, { ticks: Math.max(4, Math.round((width - left) / 62)), zero: true })
  const last = measure(scale.ticks.at(-1)?.label ?? '', LABEL_SIZE)
  const frame = rowsFrame({ left, width, height: shown.length * PITCH, legend: key, head: 0, last })
  const inside = parts.map(({ from, to, value, top, colour }) => {
    const text = tickLabel(round(value, chart.normalised), axis, null)
    const [begin, end] = [scale.share(from) * frame.plotWidth, scale.share(to) * frame.plotWidth]
    return { x: (begin + end) / 2, y: top + THICK / 2, text, ink: inkOn(colour), room: end - begin - 6 }
  })
  const block: Layer = {
    data: { values: [...parts] },
    mark: { type: 'rect', stroke: PAPER, strokeWidth: 1 },
    encoding: {
      x: channel(scale, 'from', 'x'),
      x2: { field: 'to' },
      y: px('top'),
      y2: { field: 'bottom' },
      fill: raw('colour'),
    },
  }
  return framed(frame, [
    block,
    ...textLayers(
      inside.filter(({ text, room }) => measure(text, LABEL_SIZE) <= room),
      { size: LABEL_SIZE - 0.5, align: 'center' },
    ),
    ...rowNames(shown, PITCH),
    ...valueTitle(scale.title, frame, measure),
    ...key.layers(frame.left, frame.top),
  ])
}

/** Whole percents, three digits of anything else. */
const round = (value: number, share: boolean): number =>
  share ? Math.round(value * 100) / 100 : Number(value.toPrecision(3))

function partsOf({ stacks, normalised }: StacksChart, series: readonly string[]): readonly Part[] {
  const colours = partColours(series.length)
  return stacks.flatMap(({ parts }, row) => {
    const sum = parts.reduce((total, { value }) => total + value, 0)
    const size = normalised && sum > 0 ? sum : 1
    let from = 0
    return [...parts]
      .sort((a, b) => series.indexOf(a.series) - series.indexOf(b.series))
      .map((part) => {
        const value = part.value / size
        const top = row * PITCH + (PITCH - THICK) / 2
        const placed = {
          from,
          to: from + value,
          value,
          top,
          bottom: top + THICK,
          colour: colours[series.indexOf(part.series)] ?? INK,
        }
        from += value
        return placed
      })
  })
}
