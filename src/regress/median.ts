import type { Estimator } from './estimator.ts'
import { quantile } from './quantile.ts'
import { checkTraining } from './training-data.ts'

export interface MedianState {
  readonly value: number
}

/** The forecaster without features: the median of the training targets for every row. */
export const median: Estimator<Record<string, never>, MedianState> = {
  id: 'median',
  fit(x, y) {
    checkTraining(x, y)
    return { value: quantile(y, 0.5) }
  },
  predict: (state, x) => new Float64Array(x.rows).fill(state.value),
}
