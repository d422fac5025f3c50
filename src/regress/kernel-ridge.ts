import { KnownError } from '../errors.ts'
import { solveRegularised } from './cholesky.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { gram, type KernelGroup, kernel, type RbfGroup } from './kernels.ts'
import { type LinearState, linearPredict, mean, times, transposedTimes } from './linear.ts'
import { fromRows, type Matrix, rowOf, selectColumns } from './matrix.ts'
import { checkRange, checkTraining, refuseMissing } from './training-data.ts'

export interface KernelRidgeParams {
  /** λ > 0 in Σ (y − f(x))² + λ |f|²; the intercept is free. */
  readonly penalty: number
  /** 'precomputed': `x` is the Gram matrix, rows × training rows. */
  readonly kernel: readonly KernelGroup[] | 'precomputed'
}

/** Linear groups are kept as weights per column; Gaussian groups need their training rows. */
export interface KernelRidgeState extends LinearState {
  readonly dual: readonly number[]
  readonly supports: readonly { readonly group: RbfGroup; readonly rows: readonly (readonly number[])[] }[]
}

/**
 * Kernel ridge regression with a free intercept: the Gram matrix is centred (Schölkopf, Smola and Müller 1998), so a
 * linear kernel gives exactly `ridge`. The dual weights then sum to 0 and predictions need no centring.
 */
export const kernelRidge: Estimator<KernelRidgeParams, KernelRidgeState> = {
  id: 'kernel-ridge',
  fit(x, y, params) {
    checkTraining(x, y)
    refuseMissing(x)
    checkRange('the penalty', params.penalty, [Number.MIN_VALUE, Number.MAX_VALUE])
    const k = params.kernel === 'precomputed' ? square(x) : gram(params.kernel, x, x)
    const level = mean(y)
    const target = y.map((value) => value - level)
    const dual = solveRegularised(centredGram(k), target, params.penalty)
    const fitted = times(k, dual)
    return { intercept: level - mean(fitted), ...keep(x, dual, params.kernel) }
  },
  predict(state, x) {
    const out = linearPredict(state, x)
    const dual = Float64Array.from(state.dual)
    for (const { group, rows } of state.supports) {
      const part = times(kernel(group, selectColumns(x, group.columns), fromRows(rows)), dual)
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + group.weight * (part[i] as number)
    }
    return out
  },
}

/** K − row means − column means + mean of a symmetric Gram matrix. */
export function centredGram(k: Matrix): Matrix {
  const rowMeans = Float64Array.from({ length: k.rows }, (_, i) => mean(rowOf(k, i)))
  const level = mean(rowMeans)
  const values = k.values.map(
    (value, at) =>
      value - (rowMeans[Math.floor(at / k.columns)] as number) - (rowMeans[at % k.columns] as number) + level,
  )
  return { ...k, values }
}

function keep(x: Matrix, dual: Float64Array, groups: KernelRidgeParams['kernel']) {
  if (groups === 'precomputed') return { weights: plain(dual), dual: [], supports: [] }
  const weights = new Float64Array(x.columns)
  const supports = []
  for (const group of groups) {
    const own = selectColumns(x, group.columns)
    if (group.kind === 'linear') add(weights, group, transposedTimes(own, dual))
    else supports.push({ group, rows: Array.from({ length: x.rows }, (_, i) => plain(rowOf(own, i))) })
  }
  return { weights: plain(weights), dual: supports.length > 0 ? plain(dual) : [], supports }
}

function add(weights: Float64Array, group: KernelGroup, part: Float64Array): void {
  for (const [k, j] of group.columns.entries()) {
    weights[j] = (weights[j] as number) + group.weight * (part[k] as number)
  }
}

function square(x: Matrix): Matrix {
  if (x.rows === x.columns) return x
  throw new KnownError('data-malformed', `a precomputed kernel of ${x.rows} × ${x.columns} is not square`)
}
