import type { AxisScale } from './axis-scale.ts'
import { type Layer, px, raw } from './layers.ts'
import { channel } from './plane.ts'
import { INK, PAPER } from './theme.ts'

/** A value with its interval, in the unit of its axis, and where it stands, in px from above. */
export interface Mark {
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

export function barLayers(marks: readonly Mark[], scale: AxisScale): readonly Layer[] {
  const bars: Layer = {
    data: { values: [...marks] },
    mark: { type: 'rect' },
    encoding: {
      x: channel(scale, 'zero', 'x'),
      x2: { field: 'value' },
      y: px('top'),
      y2: { field: 'bottom' },
      fill: raw('colour'),
    },
  }
  return [bars, ...intervals(marks, scale, INK)]
}

export function dotLayers(marks: readonly Mark[], scale: AxisScale): readonly Layer[] {
  const dots: Layer = {
    data: { values: [...marks] },
    mark: { type: 'point', filled: true, size: 44, opacity: 1 },
    encoding: {
      x: channel(scale, 'value', 'x'),
      y: px('middle'),
      fill: raw('colour'),
      shape: raw('shape'),
    },
  }
  return [...intervals(marks, scale, null), dots]
}

/** From low to high, with a short line across each end; in ink, with a rim, to be seen on dark bars. */
function intervals(marks: readonly Mark[], scale: AxisScale, ink: string | null): readonly Layer[] {
  const values = marks
    .filter(({ low, high }) => low < high)
    .map((mark) => ({
      ...mark,
      colour: ink ?? mark.colour,
      paper: PAPER,
      above: mark.middle - 2.5,
      below: mark.middle + 2.5,
    }))
  if (values.length === 0) return []
  const line = (strokeWidth: number, colour: string): Layer => ({
    data: { values },
    mark: { type: 'rule', strokeWidth },
    encoding: { x: channel(scale, 'low', 'x'), x2: { field: 'high' }, y: px('middle'), color: raw(colour) },
  })
  const end = (field: string): Layer => ({
    data: { values },
    mark: { type: 'rule', strokeWidth: 1 },
    encoding: { x: channel(scale, field, 'x'), y: px('above'), y2: { field: 'below' }, color: raw('colour') },
  })
  return [...(ink === null ? [] : [line(2.2, 'paper')]), line(1, 'colour'), end('low'), end('high')]
}
