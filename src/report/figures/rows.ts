import type { Axis, Rule } from '../figure.ts'
import { type AxisScale, axisScale, type Ends } from './axis-scale.ts'
import type { Drawing } from './drawing.ts'
import type { Frame } from './frame.ts'
import { type Layer, strokeLayers, textLayers } from './layers.ts'
import type { Legend } from './legend.ts'
import { valueTitle } from './plane.ts'
import { AXIS, LABEL_SIZE, LINE_HEIGHT, SOFT_INK } from './theme.ts'

/** A plot of named rows, one below the other, over an axis of values. */
export interface Rows {
  readonly frame: Frame
  readonly scale: AxisScale
  /** From row to row, in px. */
  readonly pitch: number
  readonly names: readonly string[]
  readonly rules: readonly PlacedRule[]
  readonly legend: Legend
}

export interface RowsNeeds {
  readonly names: readonly string[]
  readonly pitch: number
  readonly axis: Axis
  readonly values: readonly number[]
  readonly ends: Ends
  readonly rules: readonly Rule[]
  readonly legend: Legend
}

/** Measures out rows: what their names need is taken from the plot. */
export function rows(needs: RowsNeeds, { measure, name, width }: Drawing): Rows {
  const { pitch, axis, ends, legend } = needs
  const names = needs.names.map((of) => name(of, 0.38 * width))
  const widest = Math.max(0, ...names.map((text) => measure(text, LABEL_SIZE))) + 9
  const scale = axisScale(axis, [...needs.values, ...needs.rules.map(({ at }) => at)], {
    ticks: Math.max(4, Math.round((width - widest) / 62)),
    ends,
  })
  const half = (label: string | undefined) => measure(label ?? '', LABEL_SIZE) / 2
  const left = Math.max(widest, half(scale.ticks[0]?.label))
  const right = Math.max(8, half(scale.ticks.at(-1)?.label) + 2)
  const plotWidth = width - left - right
  const rules = placedRules(needs.rules, (at) => scale.share(at) * plotWidth, {
    from: -left,
    to: plotWidth + right,
    wide: (label) => measure(label, LABEL_SIZE),
  })
  const frame = {
    left,
    top: legend.height + 4 + LINE_HEIGHT * Math.max(0, ...rules.map(({ row }) => row + 1)),
    right,
    bottom: 2 * LINE_HEIGHT + 9,
    plotWidth,
    plotHeight: pitch * Math.max(1, names.length),
  }
  return { frame, scale, pitch, names, rules, legend }
}

/** Names, rules, the title of the axis and the legend. */
export function rowLayers(
  { frame, scale, pitch, names, rules, legend }: Rows,
  { measure }: Drawing,
): readonly Layer[] {
  const lines = rules.map(({ x }) => ({ x, y: 0, x2: x, y2: frame.plotHeight, colour: SOFT_INK }))
  const labels = rules.map(({ label, from, row }) => ({
    x: from,
    y: -3 - (row + 0.5) * LINE_HEIGHT,
    text: label,
  }))
  return [
    ...strokeLayers(lines, 1, [4, 3]),
    ...textLayers(labels, { size: LABEL_SIZE }),
    ...rowNames(names, pitch),
    ...valueTitle(scale.title, frame, measure),
    ...legend.layers(frame.left, frame.top),
  ]
}

/** The names of rows, at the left of them. */
export const rowNames = (names: readonly string[], pitch: number): readonly Layer[] =>
  textLayers(
    names.map((text, row) => ({ x: -8, y: (row + 0.5) * pitch, text })),
    { size: LABEL_SIZE, align: 'right' },
  )

/** The line at 0, where the axis has it. */
export function zeroLayers({ scale: { domain, log, share }, frame }: Rows): readonly Layer[] {
  if (log || domain[0] > 0 || domain[1] < 0) return []
  const x = share(0) * frame.plotWidth
  return strokeLayers([{ x, y: 0, x2: x, y2: frame.plotHeight, colour: AXIS }], 1)
}

interface PlacedRule {
  readonly label: string
  readonly x: number
  /** Where the label begins. */
  readonly from: number
  /** Labels that would touch stand one above the other; 0 = the lowest row. */
  readonly row: number
}

function placedRules(
  rules: readonly Rule[],
  place: (at: number) => number,
  {
    from,
    to,
    wide,
  }: { readonly from: number; readonly to: number; readonly wide: (label: string) => number },
): readonly PlacedRule[] {
  const ends: number[] = []
  return rules
    .map(({ at, label }) => ({ x: place(at), label }))
    .sort((a, b) => a.x - b.x)
    .map(({ x, label }) => {
      const room = wide(label)
      const begin = Math.max(from, Math.min(x - room / 2, to - room))
      const free = ends.findIndex((end) => end + 6 <= begin)
      const row = free < 0 ? ends.length : free
      ends[row] = begin + room
      return { x, label, from: begin, row }
    })
}
