import { choleskyFactor, choleskySolve } from './cholesky.ts'
import {
  type CrossedRows,
  type CrossedVariances,
  crossedEquations,
  groupShare,
  rowVariance,
} from './crossed-equations.ts'
import { dot } from './linear.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'

/** The most likely effects and groups, given all rows. */
export interface CrossedFit {
  readonly effects: Float64Array
  /** By group: what its rows have in common beyond the effects. */
  readonly groups: Float64Array
  /** Natural logarithm of the density of the targets. */
  readonly logLikelihood: number
  /** Lower Cholesky factor of the posterior precision of the effects. */
  readonly factor: Matrix
}

/**
 * Best linear unbiased prediction with crossed random effects and one more effect a group (Henderson 1975):
 * y = X u + g + e, all normal and centred on 0. Groups, of which there may be very many, are eliminated one by one
 * (Woodbury): memory goes with the square of the number of effects, time with the rows.
 */
export function fitCrossed(rows: CrossedRows, variances: CrossedVariances): CrossedFit {
  const { precision, right, ...sums } = crossedEquations(rows, variances)
  const factor = choleskyFactor(precision)
  const effects = choleskySolve(factor, right)
  const determinants = effects.map((_, j) => {
    const pivot = factor.values[j * factor.rows + j] as number
    return 2 * Math.log(pivot) + Math.log(variances.effects[j] as number)
  })
  const logDeterminant = sums.logDeterminant + determinants.reduce((sum, each) => sum + each, 0)
  const quadratic = sums.quadratic - dot(right, effects)
  return {
    effects,
    groups: groupEffects(rows, variances, effects),
    logLikelihood: -0.5 * (logDeterminant + quadratic + rows.y.length * Math.log(2 * Math.PI)),
    factor,
  }
}

/** Posterior variance of a linear combination of the effects. */
export const combinationVariance = ({ factor }: CrossedFit, combination: Float64Array): number =>
  dot(combination, choleskySolve(factor, combination))

/** Σ x u of one row. */
export function rowValue(x: SparseMatrix, effects: Float64Array, row: number): number {
  let sum = 0
  for (let k = x.starts[row] as number; k < (x.starts[row + 1] as number); k++) {
    sum += (x.values[k] as number) * (effects[x.indices[k] as number] as number)
  }
  return sum
}

/** The mean of what the effects leave of each group's rows, drawn towards 0. */
function groupEffects(rows: CrossedRows, variances: CrossedVariances, effects: Float64Array): Float64Array {
  const { weights, sums } = groupSums(rows, variances, effects)
  return sums.map((sum, g) => sum * groupShare(weights[g] as number, variances.group))
}

/** By group: the weight of its rows, and the weighted sum of what the effects leave of them. */
export function groupSums(rows: CrossedRows, variances: CrossedVariances, effects: Float64Array) {
  const count = rows.groups.length === 0 ? 0 : (rows.groups[rows.groups.length - 1] as number) + 1
  const [weights, sums] = [new Float64Array(count), new Float64Array(count)]
  for (const [i, g] of rows.groups.entries()) {
    const loading = rows.loadings[i] as number
    const p = loading / rowVariance(rows, variances, i)
    weights[g] = (weights[g] as number) + p * loading
    sums[g] = (sums[g] as number) + p * ((rows.y[i] as number) - rowValue(rows.x, effects, i))
  }
  return { weights, sums }
}
