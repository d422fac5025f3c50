import type { TopLevelSpec } from 'vega-lite'
import { FONT, INK, PAPER } from './theme.ts'

export type FigureSpec = Extract<TopLevelSpec, { layer: unknown }>
export type Layer = FigureSpec['layer'][number]

/** A place in px from the upper left corner of the plot, down and to the right. */
export interface Place {
  readonly x: number
  readonly y: number
}

export interface Words extends Place {
  readonly text: string
  readonly ink?: string
}

export interface TextLook {
  readonly size: number
  readonly align?: 'left' | 'center' | 'right'
  readonly baseline?: 'top' | 'middle' | 'bottom' | 'alphabetic'
  readonly bold?: boolean
  /** A rim in the colour of the paper, for words over marks. */
  readonly rim?: boolean
}

/** Words at places. */
export function textLayers(words: readonly Words[], look: TextLook): readonly Layer[] {
  if (words.length === 0) return []
  const { size, align = 'left', baseline = 'middle', bold = false, rim = false } = look
  const layer = (mark: object): Layer => ({
    data: {
      values: words.map(({ x, y, text, ink = INK }) => ({ x: hundredth(x), y: hundredth(y), text, ink })),
    },
    mark: {
      type: 'text',
      font: FONT,
      fontSize: size,
      fontWeight: bold ? 600 : 400,
      align,
      baseline,
      ...mark,
    },
    encoding: { x: px('x'), y: px('y'), text: { field: 'text', type: 'nominal' }, color: raw('ink') },
  })
  return [layer(rim ? { stroke: PAPER, strokeWidth: 2.5, strokeJoin: 'round' } : {})]
}

export interface Symbol extends Place {
  readonly colour: string
  readonly shape: string
}

/** Marks at places, `area` px² each. */
export function symbolLayers(symbols: readonly Symbol[], area: number, opacity = 1): readonly Layer[] {
  if (symbols.length === 0) return []
  return [
    {
      data: {
        values: symbols.map(({ x, y, colour, shape }) => ({
          x: hundredth(x),
          y: hundredth(y),
          colour,
          shape,
        })),
      },
      mark: { type: 'point', filled: true, size: area, opacity, stroke: PAPER, strokeWidth: 0.5 },
      encoding: { x: px('x'), y: px('y'), fill: raw('colour'), shape: raw('shape') },
    },
  ]
}

export interface Stroke extends Place {
  readonly x2: number
  readonly y2: number
  readonly colour: string
}

/** Straight lines from place to place. */
export function strokeLayers(
  strokes: readonly Stroke[],
  width: number,
  dash: readonly number[] = [],
): readonly Layer[] {
  if (strokes.length === 0) return []
  const values = strokes.map(({ x, y, x2, y2, colour }) => ({
    x: hundredth(x),
    y: hundredth(y),
    x2: hundredth(x2),
    y2: hundredth(y2),
    colour,
  }))
  return [
    {
      data: { values },
      mark: { type: 'rule', strokeWidth: width, strokeDash: [...dash] },
      encoding: { x: px('x'), y: px('y'), x2: { field: 'x2' }, y2: { field: 'y2' }, color: raw('colour') },
    },
  ]
}

export interface Box extends Place {
  readonly x2: number
  readonly y2: number
  readonly fill: string
}

/** Filled rectangles. */
export function boxLayers(boxes: readonly Box[], stroke = PAPER, strokeWidth = 0): readonly Layer[] {
  if (boxes.length === 0) return []
  const values = boxes.map(({ x, y, x2, y2, fill }) => ({
    x: hundredth(x),
    y: hundredth(y),
    x2: hundredth(x2),
    y2: hundredth(y2),
    fill,
  }))
  return [
    {
      data: { values },
      mark: { type: 'rect', stroke, strokeWidth },
      encoding: { x: px('x'), y: px('y'), x2: { field: 'x2' }, y2: { field: 'y2' }, fill: raw('fill') },
    },
  ]
}

/** A field that holds px. */
export const px = <F extends string>(field: F) => ({
  field,
  type: 'quantitative' as const,
  scale: null,
  axis: null,
})

/** A field that holds the colour, shape or dash itself. */
export const raw = <F extends string>(field: F) => ({
  field,
  type: 'nominal' as const,
  scale: null,
  legend: null,
})

export const hundredth = (value: number): number => Math.round(value * 100) / 100
