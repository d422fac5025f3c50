import { KnownError } from '../errors.ts'
import type { Estimator } from './estimator.ts'
import { mean } from './linear.ts'
import { column, type Matrix } from './matrix.ts'
import { buildNetwork } from './network.ts'
import { trainNetwork } from './network-training.ts'
import { predictQuantiles, type QuantileNetworkState } from './quantile-forward.ts'
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
  /** λ of λ Σ weights², added to the mean loss of the standardised target. Default 0. */
  readonly l2?: number
  /** Stops after `patience` epochs without a lower loss on these rows, and keeps the best weights. */
  readonly earlyStopping?: { readonly x: Matrix; readonly y: Float64Array; readonly patience: number }
}

/**
 * A dense network for several quantiles at once: joint pinball loss, never crossing by a cumulative softplus (as
 * Gasthaus et al. 2019), Adam (Kingma and Ba 2015). Needs standardised columns without gaps. `predict` gives the level
 * nearest to ½; `predictQuantiles` gives all of them; neither needs TensorFlow.
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
    // A constant target has no spread to divide by.
    const scale = Math.sqrt(mean(y.map((value) => (value - centre) ** 2))) || 1
    const network = buildNetwork(tensorflow, { inputs: x.columns, ...settings })
    try {
      const frame = { levels: [...settings.levels], centre: centre + 0, scale }
      return trainNetwork(network, { x, y }, { ...settings, frame })
    } finally {
      network.dispose()
    }
  },
  predict(state, x) {
    const off = state.levels.map((level) => Math.abs(level - 0.5))
    return column(predictQuantiles(state, x), off.indexOf(Math.min(...off)))
  },
})

const DEFAULTS = { hidden: [32, 32], epochs: 100, batchRows: 32, learningRate: 0.003, l2: 0 } as const

function checked(params: QuantileNetworkParams) {
  const settings = { ...DEFAULTS, ...params }
  for (const [k, level] of settings.levels.entries()) {
    checkRange('a level', level, [Math.max(1e-6, settings.levels[k - 1] ?? 0), 1 - 1e-6])
  }
  if (settings.levels.length === 0) throw new KnownError('data-malformed', '0 levels to predict')
  for (const units of settings.hidden) checkRange('the units of a hidden layer', units, [1, 1e5])
  checkRange('epochs', settings.epochs, [0, 1e6])
  checkRange('batchRows', settings.batchRows, [1, Number.MAX_SAFE_INTEGER])
  checkRange('learningRate', settings.learningRate, [1e-9, 1])
  checkRange('l2', settings.l2, [0, 1e9])
  if (settings.earlyStopping) {
    checkTraining(settings.earlyStopping.x, settings.earlyStopping.y)
    refuseMissing(settings.earlyStopping.x)
  }
  return settings
}
