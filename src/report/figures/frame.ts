import type { FigureSpec, Layer } from './layers.ts'
import { AXIS, FONT, GRID, INK, LABEL_SIZE, PAPER } from './theme.ts'

/** Where the plot lies in its figure, in px. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly plotWidth: number
  readonly plotHeight: number
}

/** The figure of layers in a frame; layers are drawn first to last. */
export function framed(frame: Frame, layers: readonly Layer[]): FigureSpec {
  const { left, top, right, bottom, plotWidth, plotHeight } = frame
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: plotWidth,
    height: plotHeight,
    padding: { left, top, right, bottom },
    autosize: 'none',
    background: PAPER,
    config: {
      font: FONT,
      view: { stroke: null },
      axis: {
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
        title: null,
      },
    },
    layer: [...layers],
  }
}
