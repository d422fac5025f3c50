import type { Matrix, SparseMatrix } from './matrix.ts'

/** Rows of a mixed model. Rows of one group stand together. */
export interface CrossedRows {
  /** Rows × effects. */
  readonly x: SparseMatrix
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
  const group = new GroupSums(size)
  let logDeterminant = 0
  let quadratic = 0
  for (let i = 0; i < rows.y.length; i++) {
    const variance = rowVariance(rows, variances, i)
    logDeterminant += Math.log(variance)
    quadratic += (rows.y[i] as number) ** 2 / variance
    addRow({ values, right, size }, rows, i, 1 / variance)
    group.add(rows, i, (rows.loadings[i] as number) / variance)
    if (i + 1 < rows.y.length && rows.groups[i + 1] === rows.groups[i]) continue
    logDeterminant += Math.log(1 + variances.group * group.weight)
    quadratic -= groupShare(group.weight, variances.group) * group.y ** 2
    group.takeOff({ values, right, size }, groupShare(group.weight, variances.group))
  }
  return { precision: { rows: size, columns: size, values }, right, logDeterminant, quadratic }
}

interface Sums {
  readonly values: Float64Array
  readonly right: Float64Array
  readonly size: number
}

/** Adds p z zᵀ to the lower half and p z y to the right side; columns of a row rise. */
function addRow({ values, right, size }: Sums, { x, y }: CrossedRows, i: number, p: number): void {
  const [from, to] = [x.starts[i] as number, x.starts[i + 1] as number]
  for (let a = from; a < to; a++) {
    const column = x.indices[a] as number
    const value = p * (x.values[a] as number)
    right[column] = (right[column] as number) + value * (y[i] as number)
    const start = column * size
    for (let b = from; b <= a; b++) {
      const at = start + (x.indices[b] as number)
      values[at] = (values[at] as number) + value * (x.values[b] as number)
    }
  }
}

/** The weighted sums over the rows of one group. */
class GroupSums {
  readonly #x: Float64Array
  readonly #touched: Uint8Array
  #columns: number[] = []
  weight = 0
  y = 0

  constructor(size: number) {
    this.#x = new Float64Array(size)
    this.#touched = new Uint8Array(size)
  }

  /** `p`: loading over variance. */
  add({ x, y, loadings }: CrossedRows, i: number, p: number): void {
    this.weight += p * (loadings[i] as number)
    this.y += p * (y[i] as number)
    for (let k = x.starts[i] as number; k < (x.starts[i + 1] as number); k++) {
      const column = x.indices[k] as number
      if (this.#touched[column] === 0) this.#columns.push(column)
      this.#touched[column] = 1
      this.#x[column] = (this.#x[column] as number) + p * (x.values[k] as number)
    }
  }

  /** Takes share · s sᵀ and share · s y off, and begins the next group. */
  takeOff({ values, right, size }: Sums, share: number): void {
    const columns = this.#columns.sort((a, b) => a - b)
    for (const [a, column] of columns.entries()) {
      const value = share * (this.#x[column] as number)
      right[column] = (right[column] as number) - value * this.y
      const start = column * size
      for (let b = 0; b <= a; b++) {
        const at = start + (columns[b] as number)
        values[at] = (values[at] as number) - value * (this.#x[columns[b] as number] as number)
      }
    }
    for (const column of columns) {
      this.#x[column] = 0
      this.#touched[column] = 0
    }
    this.#columns = []
    this.weight = 0
    this.y = 0
  }
}
