/** Values of a column, sorted, without NaN, and how many zeros to add to them. */
export interface Sample {
  readonly sorted: Float64Array
  readonly zeros: number
}

/** Edges half-way between neighbouring distinct values, all of them or, if too many, at equal shares of the rows. */
export function binEdges(sample: Sample, maxBins: number): Float64Array {
  const { values, counts, total } = distinct(sample)
  const all = values.length <= maxBins
  const edges: number[] = []
  let [inBin, left] = [0, total]
  for (let k = 0; k + 1 < values.length && edges.length < maxBins - 1; k++) {
    inBin += counts[k] as number
    const share = left / (maxBins - edges.length)
    if (!all && inBin < share) continue
    const [low, high] = [values[k] as number, values[k + 1] as number]
    const middle = low + (high - low) / 2
    edges.push(middle < high ? middle : low)
    left -= inBin
    inBin = 0
  }
  return Float64Array.from(edges)
}

function distinct({ sorted, zeros }: Sample) {
  const values: number[] = []
  const counts: number[] = []
  const add = (value: number, count: number): void => {
    if (count === 0) return
    const known = values.at(-1) === value
    if (!known) values.push(value)
    counts[values.length - 1] = (known ? (counts.at(-1) as number) : 0) + count
  }
  const firstAbove = sorted.findIndex((value) => value > 0)
  const below = firstAbove < 0 ? sorted : sorted.subarray(0, firstAbove)
  for (const value of below) add(value, 1)
  add(0, zeros)
  for (const value of sorted.subarray(below.length)) add(value, 1)
  return { values, counts, total: sorted.length + zeros }
}
