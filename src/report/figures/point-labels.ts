import type { Point } from '../figure.ts'
import type { Drawing } from './drawing.ts'
import { type Area, labelPlaces } from './label-places.ts'
import { type Layer, type Place, type Stroke, strokeLayers, textLayers } from './layers.ts'
import type { Plane } from './plane.ts'
import { AXIS, LABEL_SIZE, LINE_HEIGHT } from './theme.ts'

/** The labels of marks, and how many have no room. */
export function pointLabels(
  points: readonly Point[],
  plane: Plane,
  { measure, name, width }: Drawing,
): { readonly layers: readonly Layer[]; readonly notes: readonly string[] } {
  const labelled = points.flatMap(({ x, y, label }) =>
    label === undefined ? [] : [{ mark: plane.place(x, y), text: name(label, 0.35 * width) }],
  )
  const wishes = labelled.map(({ mark, text }) => ({
    ...mark,
    width: measure(text, LABEL_SIZE),
    height: LINE_HEIGHT - 2,
  }))
  const { plotWidth, plotHeight, right } = plane.frame
  const places = labelPlaces(wishes, {
    room: { left: 2, top: 0, right: plotWidth + right - 2, bottom: plotHeight - 2 },
    marks: points.map(({ x, y }) => plane.place(x, y)),
    bars: points.flatMap((point) => barsOf(point, plane)),
  })
  const placed = labelled.flatMap(({ mark, text }, index) => {
    const at = places[index]
    return at == null ? [] : [{ ...at, mark, text, width: wishes[index]?.width ?? 0 }]
  })
  const lines = placed.filter(({ far }) => far).map((label) => leader(label.mark, label, label.width))
  const lacking = labelled.length - placed.length
  return {
    layers: [...strokeLayers(lines, 0.6), ...textLayers(placed, { size: LABEL_SIZE, rim: true })],
    notes: lacking === 0 ? [] : [`${lacking} ${lacking === 1 ? 'label has' : 'labels have'} no room.`],
  }
}

function barsOf(point: Point, { place }: Plane): readonly Area[] {
  const { x, y, low = y, high = y, xLow = x, xHigh = x } = point
  const [top, bottom, left, right] = [place(x, high), place(x, low), place(xLow, y), place(xHigh, y)]
  const upright = { left: top.x - 1, top: top.y, right: top.x + 1, bottom: bottom.y }
  const level = { left: left.x, top: left.y - 1, right: right.x, bottom: left.y + 1 }
  return [...(low < high ? [upright] : []), ...(xLow < xHigh ? [level] : [])]
}

/** From the mark to the nearest edge of its label. */
function leader(mark: Place, label: Place, width: number): Stroke {
  const x2 = Math.max(label.x - 1, Math.min(mark.x, label.x + width + 1))
  const half = x2 === mark.x ? LINE_HEIGHT / 2 - 2 : 0
  return { ...mark, x2, y2: label.y + (label.y > mark.y ? -half : half), colour: AXIS }
}
