/** Columns a curve is drawn in at the most: about one for each px of a wide figure between its names. */
const COLUMNS = 400

/**
 * A curve with the first, least, greatest and last point of each column of its plot, which looks the same as all of
 * them (M4: Jugel et al. 2014, https://doi.org/10.14778/2732951.2732953). Points come in the order of x.
 */
export function thinned<P extends { readonly x: number; readonly y: number }>(
  points: readonly P[],
  logarithmic: boolean,
): readonly P[] {
  if (points.length <= 2 * COLUMNS) return points
  const at = ({ x }: P) => (logarithmic ? Math.log(x) : x)
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || at(first) === at(last)) return points
  const column = (point: P) => Math.floor((COLUMNS * (at(point) - at(first))) / (at(last) - at(first)))
  const kept: P[] = []
  let group: P[] = []
  for (const point of points) {
    const begun = group[0]
    if (begun !== undefined && column(begun) !== column(point)) {
      kept.push(...telling(group))
      group = []
    }
    group.push(point)
  }
  return [...kept, ...telling(group)]
}

function telling<P extends { readonly y: number }>(group: readonly P[]): readonly P[] {
  const least = group.reduce((a, b, j) => (b.y < (group[a]?.y ?? 0) ? j : a), 0)
  const most = group.reduce((a, b, j) => (b.y > (group[a]?.y ?? 0) ? j : a), 0)
  const chosen = new Set([0, least, most, group.length - 1])
  return group.filter((_, j) => chosen.has(j))
}
