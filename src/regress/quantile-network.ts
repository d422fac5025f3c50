import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import type { Sequential } from '@tensorflow/tfjs-layers'
import { KnownError } from '../errors.ts'
import type { Estimator } from './estimator.ts'
import { plain } from './estimator.ts'
import { mean } from './linear.ts'
import { column, type Matrix, select, selectRows } from './matrix.ts'
import { normalQuantile } from './normal.ts'
import { predictQuantiles, type QuantileNetworkState } from './quantile-forward.ts'
import { type Random, seededRandom, shuffled } from './random.ts'
import type { TensorFlow } from './tensorflow.ts'
import { checkRange, checkTraining, refuseMissing } from './training-data.ts'

export interface QuantileNetworkParams {
  /** Ascending, each in (0, 1). */
  readonly levels: readonly number[]
  readonly seed: number
  /** Units of the hidden layers. Default [32, 32]. */
  readonly hidden?: readonly number[]
  /** Default 100. */
  readonly epochs?: number
  /** Default 32. */
  readonly batchRows?: number
  /** Of Adam. Default 0.003. */
  readonly learningRate?: number
  /** λ of λ Σ weights², added to the loss of the standardised target. Default 0. */
  readonly l2?: number
  /** Stops after `patience` epochs without a lower loss on these rows, and keeps the best weights. */
  readonly earlyStopping?: { readonly x: Matrix; readonly y: Float64Array; readonly patience: number }
}

/**
 * A dense network that predicts several quantiles at once by their joint pinball loss (non-crossing by cumulative
 * softplus, as Gasthaus et al. 2019), trained with Adam (Kingma and Ba 2015). Needs standardised columns without gaps.
 * `predict` gives the level nearest to ½; all levels come from `predictQuantiles`, which needs no TensorFlow.
 */
export const quantileNetwork = (
  tensorflow: TensorFlow,
): Estimator<QuantileNetworkParams, QuantileNetworkState> => ({
  id: 'quantile-network',
  fit(x, y, params) {
    checkTraining(x, y)
    refuseMissing(x)
    const settings = checked(params)
    const centre = mean(y)
    const scale = Math.sqrt(mean(y.map((value) => (value - centre) ** 2))) || 1
    const target = y.map((value) => (value - centre) / scale)
    const state = { levels: [...settings.levels], centre, scale }
    const network = build(tensorflow, x.columns, settings)
    try {
      return { ...state, layers: train(network, { x, y: target }, { ...state, settings }) }
    } finally {
      network.dispose()
    }
  },
  predict(state, x) {
    const middle = state.levels.reduce((best, p, k) => (off(p) < off(state.levels[best]) ? k : best), 0)
    return column(predictQuantiles(state, x), middle)
  },
})

const off = (level: number | undefined): number => Math.abs((level ?? 0) - 0.5)
