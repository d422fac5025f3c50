import { dualRidge } from './dual-ridge.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'
import { type SparseVector, sparseDot } from './sparse-vector.ts'

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
  readonly own: readonly number[]
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

/**
 * Fits on `y` (rows × series, NaN = not observed). Each series is brought to a common scale, the mean of what was
 * observed in a row is its size; the sizes, and each series' distance from them, are ridge regressions on `x`.
 */
export function fitPooled(x: SparseMatrix, y: Matrix, params: PooledParams): PooledState {
  const levels = pooledLevels(y, params.priorRows)
  const z = scaled(y, levels)
  const sizes = rowMeans(z)
  const shared = dualRidge(x, params.sharedPenalty).solve(sizes)
  const own = dualRidge(x, params.ownPenalty, params.ownColumns)
  const series = levels.each.map(({ offset, slope }, s): Series => {
    // Where a series was not observed it is taken to follow the shared size.
    const distance = sizes.map((size, i) => {
      const value = z.values[i * z.columns + s] as number
      return Number.isNaN(value) ? 0 : value - size
    })
    return { offset, slope, own: [...own.solve(distance)] }
  })
  return { shared: [...shared], series, common: levels.common }
}

/** The value of one series on one row; `series` null = one never seen. */
export function predictPooled(state: PooledState, row: SparseVector, series: number | null): number {
  const size = sparseDot(row, state.shared)
  const known = series === null ? undefined : state.series[series]
  if (!known) return state.common.offset + state.common.slope * size
  return known.offset + known.slope * (size + ownPart(known.own, row))
}

function ownPart(own: readonly number[], { indices, values }: SparseVector): number {
  let sum = 0
  for (let k = 0; k < indices.length && (indices[k] as number) < own.length; k++) {
    sum += (values[k] as number) * (own[indices[k] as number] as number)
  }
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
  const slopes = raw.map(({ count, variance: own }) =>
    Math.sqrt((count * own + priorRows * variance) / (count + priorRows)),
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
  return { each, common: { offset, slope: Math.sqrt(variance), offsetSd } }
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
