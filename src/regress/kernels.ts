import { dot, innerProducts } from './linear.ts'
import { type Matrix, rowOf, selectColumns, zeros } from './matrix.ts'

/** One summand of a kernel: `weight` times a linear (x·z) or Gaussian (exp(−gamma · |x − z|²)) kernel on some columns. */
export type KernelGroup = LinearGroup | RbfGroup

export interface LinearGroup {
  readonly kind: 'linear'
  readonly columns: readonly number[]
  readonly weight: number
}

export interface RbfGroup {
  readonly kind: 'rbf'
  readonly columns: readonly number[]
  readonly weight: number
  readonly gamma: number
}

/** The kernel between the rows of `a` and the rows of `b`, summed over its groups: a.rows × b.rows. */
export function gram(groups: readonly KernelGroup[], a: Matrix, b: Matrix): Matrix {
  const sum = zeros(a.rows, b.rows)
  for (const group of groups) {
    const left = selectColumns(a, group.columns)
    const part = kernel(group, left, a === b ? left : selectColumns(b, group.columns))
    for (let k = 0; k < sum.values.length; k++) {
      sum.values[k] = (sum.values[k] as number) + group.weight * (part.values[k] as number)
    }
  }
  return sum
}

/** One group's kernel, unweighted, on tables that hold only its columns. */
export function kernel(group: KernelGroup, a: Matrix, b: Matrix): Matrix {
  const products = innerProducts(a, b)
  if (group.kind === 'linear') return products
  const [lengths, others] = [squaredLengths(a), squaredLengths(b)]
  const values = products.values.map((product, k) => {
    const distance =
      (lengths[Math.floor(k / b.rows)] as number) + (others[k % b.rows] as number) - 2 * product
    return Math.exp(-group.gamma * Math.max(0, distance))
  })
  return { ...products, values }
}

const squaredLengths = (x: Matrix): Float64Array =>
  Float64Array.from({ length: x.rows }, (_, i) => dot(rowOf(x, i), rowOf(x, i)))
