import type { Matrix } from './matrix.ts'

/**
 * The one port of every learner. `x` has one row per example, `y` its target; `params` hold everything else, a seed
 * included. The state is plain JSON (finite numbers, strings, arrays, objects) and predicts the same after a round trip.
 */
export interface Estimator<P, S, X = Matrix> {
  readonly id: string
  fit(x: X, y: Float64Array, params: P): S
  predict(state: S, x: X): Float64Array
}

/** Numbers as JSON keeps them: an array, in which −0 (which JSON would lose) is 0. */
export const plain = (values: ArrayLike<number>): number[] => Array.from(values, (value) => value + 0)
