import type { Matrix, SparseMatrix } from './matrix.ts'

/** Rows of a mixed model. Rows of one group stand together. */
export interface CrossedRows {
  /** Rows × effects. */
  readonly x: SparseMatrix
  /** From this column on rows are nearly full: they are worked on as blocks. */
  readonly fullFrom: number
  readonly y: Float64Array
  /** The group of each row, rising from 0. */
  readonly groups: Int32Array
  /** Runs that each value averages. */
  readonly runs: Float64Array
  /** What each row counts: its variance is divided by it. */
  readonly weights: Float64Array
  /** By how much the effect of its group moves each row. */
  readonly loadings: Float64Array
}

/** Variances, in squared units of the target. */
export interface CrossedVariances {
  /** Of a row about its group, and of one run about its row. */
  readonly row: number
  readonly run: number
  readonly group: number
  /** Prior variance of each effect. */
  readonly effects: Float64Array
}

/** The equations of the effects when every group is eliminated: A u = b. */
export interface CrossedEquations {
  /** A, of which the lower half is filled. */
  readonly precision: Matrix
  readonly right: Float64Array
  /** log |B| and yᵀ B⁻¹ y of the variance B that is left without the effects. */
  readonly logDeterminant: number
  readonly quadratic: number
}

/** Variance of a row about its group. */
export const rowVariance = (rows: CrossedRows, { row, run }: CrossedVariances, i: number): number =>
  (row + run / (rows.runs[i] as number)) / (rows.weights[i] as number)

/** Posterior variance of a group whose rows weigh `weight` together: the sum of squared loadings over variances. */
export const groupShare = (weight: number, variance: number): number =>
  variance === 0 ? 0 : 1 / (1 / variance + weight)

/** Goes through the rows once; of a group no more is kept than the sums over its rows. */
export function crossedEquations(rows: CrossedRows, variances: CrossedVariances): CrossedEquations {
  const size = rows.x.columns
  const values = new Float64Array(size * size)
  const right = new Float64Array(size)
  for (let j = 0; j < size; j++) values[j * size + j] = 1 / (variances.effects[j] as number)
  const sums = { values, right, size }
  const [row, group] = [new Combination(rows), new Combination(rows)]
  let logDeterminant = 0
  let quadratic = 0
  for (let i = 0; i < rows.y.length; i++) {
    const variance = rowVariance(rows, variances, i)
    const loading = rows.loadings[i] as number
    logDeterminant += Math.log(variance)
    quadratic += (rows.y[i] as number) ** 2 / variance
    group.add(i, loading / variance)
    const isLast = i + 1 >= rows.y.length || rows.groups[i + 1] !== rows.groups[i]
    const isAlone = isLast && group.rows === 1
    // A group of one row is that row with a larger variance: one product less.
    const own = isAlone ? 1 / (variance + variances.group * loading ** 2) : 1 / variance
    row.add(i, 1)
    row.multiply(sums, own)
    row.clear()
    if (!isLast) continue
    const share = groupShare(group.weight, variances.group)
    logDeterminant += Math.log(1 + variances.group * group.weight)
    quadratic -= share * group.y ** 2
    if (!isAlone) group.multiply(sums, -share)
    group.clear()
  }
  return { precision: { rows: size, columns: size, values }, right, logDeterminant, quadratic }
}

interface Sums {
  readonly values: Float64Array
  readonly right: Float64Array
  readonly size: number
}

/** A weighted sum of rows. */
class Combination {
  readonly #of: CrossedRows
  readonly #x: Float64Array
  readonly #touched: Uint8Array
  /** Columns before the block, as they came. */
  readonly #columns: Int32Array
  #count = 0
  rows = 0
  /** Sum of factors and loadings. */
  weight = 0
  y = 0

  constructor(of: CrossedRows) {
    this.#of = of
    this.#x = new Float64Array(of.x.columns)
    this.#touched = new Uint8Array(of.x.columns)
    this.#columns = new Int32Array(of.x.columns)
  }

  add(i: number, factor: number): void {
    const { x, y, loadings, fullFrom } = this.#of
    this.rows++
    this.weight += factor * (loadings[i] as number)
    this.y += factor * (y[i] as number)
    for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
      const column = x.indices[k] as number
      if (column < fullFrom && this.#touched[column] === 0) {
        this.#touched[column] = 1
        this.#columns[this.#count++] = column
      }
      this.#x[column] = (this.#x[column] as number) + factor * (x.values[k] as number)
    }
  }

  /** Adds factor · s sᵀ to the lower half and factor · s y to the right side. */
  multiply({ values, right, size }: Sums, factor: number): void {
    const x = this.#x
    const columns = this.#columns.subarray(0, this.#count).sort()
    for (let a = 0; a < columns.length; a++) {
      const column = columns[a] as number
      const value = factor * (x[column] as number)
      right[column] = (right[column] as number) + value * this.y
      this.#toSparse(values, column * size, { value, columns: columns.subarray(0, a + 1) })
    }
    const { fullFrom } = this.#of
    for (let column = fullFrom; column < size; column++) {
      const value = factor * (x[column] as number)
      if (value === 0) continue
      right[column] = (right[column] as number) + value * this.y
      const start = column * size
      this.#toSparse(values, start, { value, columns })
      for (let b = fullFrom; b <= column; b++)
        values[start + b] = (values[start + b] as number) + value * (x[b] as number)
    }
  }

  #toSparse(
    values: Float64Array,
    start: number,
    { value, columns }: { readonly value: number; readonly columns: Int32Array },
  ): void {
    for (let b = 0; b < columns.length; b++) {
      const column = columns[b] as number
      values[start + column] = (values[start + column] as number) + value * (this.#x[column] as number)
    }
  }

  clear(): void {
    for (let k = 0; k < this.#count; k++) {
      this.#x[this.#columns[k] as number] = 0
      this.#touched[this.#columns[k] as number] = 0
    }
    this.#x.fill(0, this.#of.fullFrom)
    this.#count = 0
    this.rows = 0
    this.weight = 0
    this.y = 0
  }
}
