import { KnownError } from '../errors.ts'
import { choleskyFactor, choleskySolve } from './cholesky.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { dot, innerProducts, type LinearState, linearPredict, times } from './linear.ts'
import { type Matrix, transposed, zeros } from './matrix.ts'
import { checkRange, checkTraining, refuseMissing } from './training-data.ts'

export interface LogisticParams {
  /** λ > 0 in −log likelihood + λ/2 Σ weights² (scikit-learn's 1 / C); the intercept is free. */
  readonly penalty: number
  /** Tries behind each row's share of successes; default 1 each. */
  readonly trials?: Float64Array
}

/**
 * L2 logistic regression by iteratively reweighted least squares (McCullagh and Nelder 1989). A target is a share of
 * successes in [0, 1]; the state is in log odds, predictions are probabilities.
 */
export const logistic: Estimator<LogisticParams, LinearState> = {
  id: 'logistic',
  fit(x, y, params) {
    checkTraining(x, y)
    refuseMissing(x)
    checkRange('the penalty', params.penalty, [Number.MIN_VALUE, Number.MAX_VALUE])
    const problem = problemOf(x, y, params)
    const solved = solve(problem)
    return { intercept: (solved[x.columns] as number) + 0, weights: plain(solved.subarray(0, x.columns)) }
  },
  predict: (state, x) => linearPredict(state, x).map(probability),
}

/** The probability behind log odds. */
export const probability = (logit: number): number => 1 / (1 + Math.exp(-logit))

interface Problem {
  /** One row per column of the table, and a last row of ones: the intercept. */
  readonly columns: Matrix
  readonly rows: Matrix
  readonly y: Float64Array
  readonly trials: Float64Array
  readonly penalty: number
}

function problemOf(x: Matrix, y: Float64Array, params: LogisticParams): Problem {
  const trials = params.trials ?? new Float64Array(y.length).fill(1)
  checkTraining(x, trials)
  for (const share of y) checkRange('the share of successes', share, [0, 1])
  for (const count of trials) checkRange('the number of trials', count, [0, Number.MAX_VALUE])
  const [successes, total] = [dot(trials, y), trials.reduce((sum, count) => sum + count, 0)]
  if (successes <= 0 || successes >= total) {
    throw new KnownError(
      'too-little-data',
      `${successes} successes in ${total} tries: both outcomes are needed`,
    )
  }
  const rows = zeros(x.rows, x.columns + 1)
  for (let i = 0; i < x.rows; i++) {
    rows.values.set(x.values.subarray(i * x.columns, (i + 1) * x.columns), i * rows.columns)
    rows.values[(i + 1) * rows.columns - 1] = 1
  }
  return { rows, columns: transposed(rows), y, trials, penalty: params.penalty }
}

function solve(problem: Problem): Float64Array {
  let weights: Float64Array = new Float64Array(problem.rows.columns)
  for (let round = 0; round < 100; round++) {
    const step = newtonStep(problem, weights)
    const next = descend(problem, weights, step)
    const moved = next.some(
      (value, j) => Math.abs(value - (weights[j] as number)) > 1e-12 * (1 + Math.abs(value)),
    )
    weights = next
    if (!moved) break
  }
  return weights
}

function newtonStep({ rows, columns, y, trials, penalty }: Problem, weights: Float64Array): Float64Array {
  const p = times(rows, weights).map(probability)
  const gradient = times(
    columns,
    p.map((each, i) => (trials[i] as number) * (each - (y[i] as number))),
  )
  const roots = p.map((each, i) => Math.sqrt((trials[i] as number) * each * (1 - each)))
  const scaled = {
    ...columns,
    values: columns.values.map((value, k) => value * (roots[k % columns.columns] as number)),
  }
  const hessian = innerProducts(scaled, scaled)
  const last = weights.length - 1
  for (let j = 0; j < last; j++) {
    gradient[j] = (gradient[j] as number) + penalty * (weights[j] as number)
    hessian.values[j * weights.length + j] = (hessian.values[j * weights.length + j] as number) + penalty
  }
  return choleskySolve(choleskyFactor(hessian), gradient)
}

/** A full Newton step, halved until the loss does not rise: IRLS alone may overshoot. */
function descend(problem: Problem, weights: Float64Array, step: Float64Array): Float64Array {
  const before = loss(problem, weights)
  for (let share = 1; share > 1e-6; share /= 2) {
    const next = weights.map((value, j) => value - share * (step[j] as number))
    if (loss(problem, next) <= before) return next
  }
  return weights
}

function loss({ rows, y, trials, penalty }: Problem, weights: Float64Array): number {
  const slopes = weights.subarray(0, -1)
  let sum = (penalty / 2) * dot(slopes, slopes)
  for (const [i, logit] of times(rows, weights).entries()) {
    // log(1 + e^z) − y·z, written so that a large z does not overflow.
    const softplus = Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)))
    sum += (trials[i] as number) * (softplus - (y[i] as number) * logit)
  }
  return sum
}
