import type { Rule } from '../figure.ts'
import { type Layer, type Stroke, strokeLayers, textLayers, type Words } from './layers.ts'
import type { Plane } from './plane.ts'
import type { TextWidth } from './text-width.ts'
import { INK, LABEL_SIZE, LINE_HEIGHT, SOFT_INK } from './theme.ts'

/** Lines across the plot with their labels, each in a row of its own where they stand close. */
export function ruleLayers(plane: Plane, rules: readonly Rule[], measure: TextWidth): readonly Layer[] {
  const { plotWidth, plotHeight } = plane.frame
  const strokes: Stroke[] = []
  const words: Words[] = []
  let row = 0
  for (const { axis, at, label } of rules) {
    const { x, y } = plane.place(at, at)
    if (axis === 'x') {
      strokes.push({ x, y: 0, x2: x, y2: plotHeight, colour: SOFT_INK })
      const room = measure(label, LABEL_SIZE)
      words.push({
        x: x + 4 + room > plotWidth ? x - 4 - room : x + 4,
        y: 7 + LINE_HEIGHT * row++,
        text: label,
      })
    } else {
      strokes.push({ x: 0, y, x2: plotWidth, y2: y, colour: SOFT_INK })
      words.push({ x: 3, y: y < 14 ? y + 8 : y - 7, text: label })
    }
  }
  return [
    ...strokeLayers(strokes, 1, [4, 3]),
    ...textLayers(
      words.map((word) => ({ ...word, ink: INK })),
      { size: LABEL_SIZE, rim: true },
    ),
  ]
}

/** y = x, as far as both axes reach; what it is stands beside the title of y, where there are no marks. */
export function diagonalLayers({ x, y, place, frame }: Plane, measure: TextWidth): readonly Layer[] {
  const [low, high] = [Math.max(x.domain[0], y.domain[0]), Math.min(x.domain[1], y.domain[1])]
  if (low >= high) return []
  const [from, to] = [place(low, low), place(high, high)]
  const words = 'y = x'
  const key = { x: frame.plotWidth - measure(words, LABEL_SIZE), y: -7 - LINE_HEIGHT / 2 }
  return [
    ...strokeLayers(
      [
        { ...from, x2: to.x, y2: to.y, colour: SOFT_INK },
        { x: key.x - 22, y: key.y, x2: key.x - 5, y2: key.y, colour: SOFT_INK },
      ],
      1,
      [2, 3],
    ),
    ...textLayers([{ ...key, text: words, ink: SOFT_INK }], { size: LABEL_SIZE }),
  ]
}
