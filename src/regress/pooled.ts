import { type DualRidge, dualRidge } from './dual-ridge.ts'
import { type Matrix, rowOf, type SparseMatrix } from './matrix.ts'
import { type SparseVector, sparseDot, stackRows } from './sparse-vector.ts'

export interface PooledParams {
  /** Penalty on the weights of the shared size. */
  readonly sharedPenalty: number
  /** Penalty on what one series adds of its own; larger, since it rests on fewer numbers. */
  readonly ownPenalty: number
  /** Columns before this one may enter a series' own part. */
  readonly ownColumns: number
  /** How many rows the common level and spread weigh against a series' own. */
  readonly priorRows: number
}

/** One series (an agent with a model): its level, its spread, and what it adds to the shared size. */
export interface Series {
  readonly offset: number
  readonly slope: number
  readonly own: OwnPart
  /** Instead of `own` where hints are given; null for a series that had none in training. */
  readonly hinted: OwnPart | null
}

/** A linear part on the first columns of a row and then on the hints. */
export interface OwnPart {
  readonly intercept: number
  readonly weights: readonly number[]
}

/**
 * One shared size per row, and for each series an offset, a slope and a small part of its own: a series seen ten times
 * borrows the rest from the others. Plain JSON.
 */
export interface PooledState {
  readonly shared: readonly number[]
  readonly series: readonly Series[]
  /** Of a series never seen: the common level and slope, and how far levels lie apart (sd). */
  readonly common: { readonly offset: number; readonly slope: number; readonly offsetSd: number }
}

/** Optional columns that differ by series, such as a model's own forecast; NaN = not given. */
export type Hints = readonly (Matrix | null)[]

/**
 * Fits on `y` (rows × series, NaN = not observed). Each series is brought to a common scale; the mean of what was
 * observed in a row is its size, a ridge regression on `x`. What a series adds is a ridge regression of the distance
 * between its values and the size as forecast without that row: what the shared part misses, not what it has learnt.
 */
export function fitPooled(x: SparseMatrix, y: Matrix, params: PooledParams, hints: Hints = []): PooledState {
  const levels = pooledLevels(y, params.priorRows)
  const z = scaled(y, levels)
  const sizes = rowMeans(z)
  const ridge = dualRidge(x, params.sharedPenalty)
  const forecast = ridge.leaveOneOut(sizes)
  const plain = dualRidge(x, params.ownPenalty, params.ownColumns)
  const series = levels.each.map(({ offset, slope }, s): Series => {
    const distance = centred(forecast.map((size, i) => (z.values[i * z.columns + s] as number) - size))
    const hint = hints[s] ?? null
    return {
      offset,
      slope,
      own: ownPart(plain, distance),
      hinted:
        hint === null ? null : ownPart(dualRidge(withHints(x, hint, params), params.ownPenalty), distance),
    }
  })
  return { shared: [...ridge.solve(sizes)], series, common: levels.common }
}

/** Distances about their mean; where a series was not observed it is taken to follow the shared size. */
function centred(distance: Float64Array): { readonly mean: number; readonly values: Float64Array } {
  const m = mean([...distance].filter((value) => !Number.isNaN(value)))
  return { mean: m, values: distance.map((value) => (Number.isNaN(value) ? 0 : value - m)) }
}

const ownPart = (ridge: DualRidge, distance: ReturnType<typeof centred>): OwnPart => ({
  intercept: distance.mean,
  weights: [...ridge.solve(distance.values)],
})

/** The first columns of each row, and the hints behind them. */
function withHints(x: SparseMatrix, hints: Matrix, { ownColumns }: PooledParams): SparseMatrix {
  const rows = Array.from({ length: x.rows }, (_, i): SparseVector => {
    const indices: number[] = []
    const values: number[] = []
    for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
      if ((x.indices[k] as number) >= ownColumns) continue
      indices.push(x.indices[k] as number)
      values.push(x.values[k] as number)
    }
    for (const [j, value] of rowOf(hints, i).entries()) {
      indices.push(ownColumns + j)
      values.push(Number.isNaN(value) ? 0 : value)
    }
    return { indices: Int32Array.from(indices), values: Float64Array.from(values) }
  })
  return stackRows(rows, ownColumns + hints.columns)
}

/** The value of one series on one row; `series` null = one never seen. `hints` count only for a series that had them. */
export function predictPooled(
  state: PooledState,
  row: SparseVector,
  series: number | null,
  hints: readonly number[] | null = null,
): number {
  const size = sparseDot(row, state.shared)
  const { offset, slope, part, hints: used } = partOf(state, series, hints)
  return offset + slope * (part === null ? size : size + ownValue(part, row, used))
}

/** The line of a series, and which of its own parts counts; a series never seen has none. */
export function partOf(state: PooledState, series: number | null, hints: readonly number[] | null) {
  const known = series === null ? undefined : state.series[series]
  if (!known) return { ...state.common, part: null, hints: [] }
  const { offset, slope } = known
  if (hints === null || known.hinted === null) return { offset, slope, part: known.own, hints: [] }
  return { offset, slope, part: known.hinted, hints }
}

function ownValue(
  { intercept, weights }: OwnPart,
  { indices, values }: SparseVector,
  hints: readonly number[],
): number {
  const columns = weights.length - hints.length
  let sum = intercept
  for (let k = 0; k < indices.length && (indices[k] as number) < columns; k++) {
    sum += (values[k] as number) * (weights[indices[k] as number] as number)
  }
  for (const [j, hint] of hints.entries()) sum += hint * (weights[columns + j] as number)
  return sum
}

interface Levels {
  readonly each: readonly { readonly offset: number; readonly slope: number }[]
  readonly common: PooledState['common']
}

/**
 * Offset and slope of each series. Slopes are drawn towards the common one by `priorRows` rows. Offsets allow for which
 * rows were observed: a series seen only on small tasks is not a cheap one.
 */
function pooledLevels(y: Matrix, priorRows: number): Levels {
  const raw = Array.from({ length: y.columns }, (_, s) => moments(observed(y, s)))
  const seen = raw.filter(({ count }) => count > 1)
  const variance = mean(seen.map((series) => series.variance))
  // A table without any spread has no scale; any will do, since there is nothing to scale.
  const slopes = raw.map(
    ({ count, variance: own }) => Math.sqrt((count * own + priorRows * variance) / (count + priorRows)) || 1,
  )
  const rough = scaled(y, {
    each: raw.map(({ mean: offset }, s) => ({ offset, slope: slopes[s] as number })),
  })
  const offsets = raw.map((series, s) =>
    series.count === 0 ? null : series.mean - (slopes[s] as number) * biasOf(rough, s),
  )
  const known = offsets.filter((offset) => offset !== null)
  const offset = mean(known)
  const offsetSd = Math.sqrt(mean(known.map((other) => (other - offset) ** 2)))
  const each = offsets.map((own, s) => ({ offset: own ?? offset, slope: slopes[s] as number }))
  return { each, common: { offset, slope: Math.sqrt(variance) || 1, offsetSd } }
}

/** The mean size, by the other series, of the rows in which series `s` was observed. */
function biasOf(z: Matrix, s: number): number {
  const sizes: number[] = []
  for (let i = 0; i < z.rows; i++) {
    const row = z.values.subarray(i * z.columns, (i + 1) * z.columns)
    if (Number.isNaN(row[s] as number)) continue
    const others = [...row].filter((value, j) => j !== s && !Number.isNaN(value))
    if (others.length > 0) sizes.push(mean(others))
  }
  return mean(sizes)
}

const observed = (y: Matrix, s: number): readonly number[] =>
  Array.from({ length: y.rows }, (_, i) => y.values[i * y.columns + s] as number).filter(
    (value) => !Number.isNaN(value),
  )

function moments(values: readonly number[]) {
  const m = mean(values)
  return { count: values.length, mean: m, variance: mean(values.map((value) => (value - m) ** 2)) }
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

function scaled(y: Matrix, { each }: Pick<Levels, 'each'>): Matrix {
  const values = y.values.map((value, k) => {
    const { offset, slope } = each[k % y.columns] as { offset: number; slope: number }
    return (value - offset) / slope
  })
  return { ...y, values }
}

/** The mean of what was observed in each row; 0, the common level, where nothing was. */
function rowMeans(z: Matrix): Float64Array {
  return Float64Array.from({ length: z.rows }, (_, i) => {
    const row = z.values.subarray(i * z.columns, (i + 1) * z.columns).filter((value) => !Number.isNaN(value))
    return row.length === 0 ? 0 : row.reduce((sum, value) => sum + value, 0) / row.length
  })
}
