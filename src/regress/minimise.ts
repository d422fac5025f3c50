export interface SearchParams {
  /** First step of each coordinate. */
  readonly step: number
  /** The search ends when steps are this small. */
  readonly tolerance: number
}

/** The point of a low value of `f`, by the pattern search of Hooke and Jeeves (1961): no derivatives, no randomness. */
export function minimise(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  params: SearchParams,
): number[] {
  let [best, value, step] = [[...start], f(start), params.step]
  while (step > params.tolerance) {
    const moved = explore(f, best, value, step)
    if (moved.value >= value) {
      step /= 2
      continue
    }
    // What helped once often helps again: go the same way, and keep it if it does.
    const ahead = moved.point.map((coordinate, i) => 2 * coordinate - (best[i] as number))
    const further = explore(f, ahead, f(ahead), step)
    const next = further.value < moved.value ? further : moved
    best = next.point
    value = next.value
  }
  return best
}

/** Tries a step up and down along each coordinate in turn, keeping what is lower. */
function explore(f: (x: readonly number[]) => number, from: readonly number[], at: number, step: number) {
  const point = [...from]
  let value = at
  for (const [i, coordinate] of from.entries()) {
    for (const trial of [coordinate + step, coordinate - step]) {
      point[i] = trial
      const there = f(point)
      if (there < value) {
        value = there
        break
      }
      point[i] = coordinate
    }
  }
  return { point, value }
}
