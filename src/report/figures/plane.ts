import type { Axis, Rule } from '../figure.ts'
import { type AxisScale, axisScale, type Ends } from './axis-scale.ts'
import type { Frame } from './frame.ts'
import { type Layer, type Place, textLayers } from './layers.ts'
import type { Legend } from './legend.ts'
import { cutMiddle } from './plain-name.ts'
import type { TextWidth } from './text-width.ts'
import { LABEL_SIZE, LINE_HEIGHT, SOFT_INK, TITLE_SIZE } from './theme.ts'

/** A plot with two axes of figures. */
export interface Plane {
  readonly frame: Frame
  readonly x: AxisScale
  readonly y: AxisScale
  readonly place: (x: number, y: number) => Place
}

export interface PlaneNeeds {
  readonly x: Axis
  readonly y: Axis
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  readonly rules: readonly Rule[]
  readonly xEnds: Ends
  readonly width: number
  readonly plotHeight: number
  /** Room for names at the right. */
  readonly right: number
  readonly legend: Legend
  readonly measure: TextWidth
}

/** Measures out a plane: what its labels need is taken from the plot. */
export function plane(needs: PlaneNeeds): Plane {
  const { width, plotHeight, measure } = needs
  const ruled = (on: 'x' | 'y') => needs.rules.filter(({ axis }) => axis === on).map(({ at }) => at)
  const y = axisScale(needs.y, [...needs.ys, ...ruled('y')], {
    ticks: Math.max(4, Math.round(plotHeight / 38)),
  })
  const left = Math.max(...y.ticks.map(({ label }) => measure(label, LABEL_SIZE))) + 9
  const x = axisScale(needs.x, [...needs.xs, ...ruled('x')], {
    ticks: Math.max(4, Math.round((width - left - needs.right) / 58)),
    ends: needs.xEnds,
  })
  const last = measure(x.ticks.at(-1)?.label ?? '', LABEL_SIZE) / 2 + 2
  const right = Math.max(needs.right, last, 8)
  const frame = {
    left,
    top: needs.legend.height + LINE_HEIGHT + 7,
    right,
    bottom: 2 * LINE_HEIGHT + 9,
    plotWidth: width - left - right,
    plotHeight,
  }
  const place = (atX: number, atY: number) => ({
    x: x.share(atX) * frame.plotWidth,
    y: (1 - y.share(atY)) * plotHeight,
  })
  return { frame, x, y, place }
}

/** The channels of data on a plane; `field` as named in the data. */
export function channel(scale: AxisScale, field: string, orient: 'x' | 'y') {
  const labels = Object.fromEntries(scale.ticks.map(({ at, label }) => [String(at), label]))
  return {
    field,
    type: 'quantitative' as const,
    title: null,
    scale: {
      type: scale.log ? ('log' as const) : ('linear' as const),
      domain: [...scale.domain],
      nice: false,
      ...(scale.log ? {} : { zero: false }),
    },
    axis: {
      values: scale.ticks.map(({ at }) => at),
      labelExpr: `${JSON.stringify(labels)}[datum.value]`,
      domain: orient === 'x',
      ticks: orient === 'x',
      tickSize: 4,
      labelPadding: orient === 'x' ? 3 : 6,
    },
  }
}

/** The titles of both axes: that of y lies over the plot, where it can be read. */
export function planeTitles({ frame, x, y }: Plane, measure: TextWidth): readonly Layer[] {
  const whole = frame.left + frame.plotWidth + frame.right
  const title = cutMiddle(y.title, whole, (text) => measure(text, TITLE_SIZE))
  return [
    ...textLayers([{ x: -frame.left, y: -7 - LINE_HEIGHT / 2, text: title, ink: SOFT_INK }], {
      size: TITLE_SIZE,
    }),
    ...valueTitle(x.title, frame, measure),
  ]
}

/** The title of the axis below the plot: in the middle of it, or as near as the figure is wide. */
export function valueTitle(
  title: string,
  { left, right, plotWidth, plotHeight }: Frame,
  measure: TextWidth,
): readonly Layer[] {
  const text = cutMiddle(title, left + plotWidth + right, (part) => measure(part, TITLE_SIZE))
  const half = measure(text, TITLE_SIZE) / 2
  const x = Math.max(half - left, Math.min(plotWidth / 2, plotWidth + right - half))
  return textLayers([{ x, y: plotHeight + 2 * LINE_HEIGHT + 2, text, ink: SOFT_INK }], {
    size: TITLE_SIZE,
    align: 'center',
  })
}
