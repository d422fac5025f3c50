import { fitForest } from './boosting-fit.ts'
import type { BoostingState } from './boosting-forest.ts'
import { ownMemory } from './boosting-memory.ts'
import { predictForest } from './boosting-predict.ts'
import { type BoostingParams, checkedSettings } from './boosting-settings.ts'
import { ALONE } from './boosting-team.ts'
import type { Estimator } from './estimator.ts'
import type { Matrix, SparseMatrix } from './matrix.ts'

export type { BoostingParams } from './boosting-settings.ts'

/**
 * Histogram gradient boosting (Friedman 2001; Ke et al. 2017, LightGBM): binned columns, best-first trees, missing values
 * with a learnt side. Pinball leaves are the quantile of their residuals.
 */
export const gradientBoosting: Estimator<BoostingParams, BoostingState, Matrix | SparseMatrix> = {
  id: 'gradient-boosting',
  fit(x, y, params) {
    const settings = checkedSettings(x, y, params)
    return fitForest({ x, memory: ownMemory(y), settings }, ALONE)
  },
  predict: predictForest,
}
