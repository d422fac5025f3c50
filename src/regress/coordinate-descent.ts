export interface DescentParams {
  /** Distance at which a coordinate is tried to both sides, one sweep each. */
  readonly steps: readonly number[]
}

/** A step goes at most so many trial distances. */
const FARTHEST = 3

/**
 * A point of a low value of a smooth `f`: along each coordinate in turn to the vertex of the parabola through three
 * values (Brent 1973, chapter 5), as far as the value really falls. No derivatives, no randomness, 2 to 3 values of `f` a
 * coordinate and sweep: for functions whose every value costs.
 */
export function coordinateDescent(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  { steps }: DescentParams,
): number[] {
  const point = [...start]
  let value = f(point)
  for (const step of steps)
    for (const coordinate of point.keys()) value = descend(f, point, { coordinate, step, value })
  return point
}

/** Moves one coordinate of `point` to the lowest of the values tried, and returns that value. */
function descend(
  f: (x: readonly number[]) => number,
  point: number[],
  { coordinate, step, value }: { readonly coordinate: number; readonly step: number; readonly value: number },
): number {
  const from = point[coordinate] as number
  const at = (by: number): number => {
    point[coordinate] = from + by
    return f(point)
  }
  const tried = [
    { by: 0, value },
    { by: -step, value: at(-step) },
    { by: step, value: at(step) },
  ]
  const [, below, above] = tried as [unknown, { value: number }, { value: number }]
  const bend = below.value - 2 * value + above.value
  const vertex =
    bend > 0
      ? (step * (below.value - above.value)) / (2 * bend)
      : Math.sign(below.value - above.value) * 2 * step
  const by = Math.max(-FARTHEST * step, Math.min(FARTHEST * step, vertex))
  if (Math.abs(by) > step / 10) tried.push({ by, value: at(by) })
  const lowest = tried.reduce((best, each) => (each.value < best.value ? each : best))
  point[coordinate] = from + lowest.by
  return lowest.value
}
