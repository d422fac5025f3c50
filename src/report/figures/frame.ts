import { type FigureSpec, type Layer, textLayers } from './layers.ts'
import { AXIS, EDGE, FONT, GRID, INK, LABEL_SIZE, PAPER, SOFT_INK } from './theme.ts'

/** Where the plot lies in its figure, in px. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly plotWidth: number
  readonly plotHeight: number
}

/** A figure as a specification, and in sentences what is not in it. */
export interface Specified {
  readonly spec: FigureSpec
  readonly notes: readonly string[]
}

/** The figure of layers in a frame; layers are drawn first to last. */
export function framed(frame: Frame, layers: readonly Layer[], notes: readonly string[] = []): Specified {
  const { left, top, right, bottom, plotWidth, plotHeight } = frame
  const spec: FigureSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: plotWidth,
    height: plotHeight,
    padding: { left: left + EDGE, top: top + EDGE, right: right + EDGE, bottom: bottom + EDGE },
    autosize: 'none',
    background: PAPER,
    config: { font: FONT, view: { stroke: null }, axis: AXIS_LOOK },
    layer: [...layers],
  }
  return { spec, notes }
}

/** Words in place of marks, where there are none. */
export const nothingLayers = ({ plotWidth, plotHeight }: Frame): readonly Layer[] =>
  textLayers([{ x: plotWidth / 2, y: plotHeight / 2, text: 'nothing to draw', ink: SOFT_INK }], {
    size: LABEL_SIZE,
    align: 'center',
    rim: true,
  })

const AXIS_LOOK = {
  gridColor: GRID,
  gridWidth: 0.75,
  domainColor: AXIS,
  tickColor: AXIS,
  labelColor: INK,
  labelFont: FONT,
  labelFontSize: LABEL_SIZE,
  labelOverlap: false,
  labelBound: false,
  labelFlush: false,
  labelLimit: 0,
}
