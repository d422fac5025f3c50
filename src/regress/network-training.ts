import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { type Matrix, select, selectRows } from './matrix.ts'
import type { Network } from './network.ts'
import { type DenseLayer, predictQuantiles, type QuantileNetworkState } from './quantile-forward.ts'
import { seededRandom, shuffled } from './random.ts'

interface Rows {
  readonly x: Matrix
  readonly y: Float64Array
}

interface Training {
  readonly frame: Omit<QuantileNetworkState, 'layers'>
  readonly seed: number
  readonly epochs: number
  readonly batchRows: number
  readonly learningRate: number
  readonly l2: number
  readonly earlyStopping?: Rows & { readonly patience: number }
}

/** Trains in shuffled batches; gives back the last weights, or with early stopping the best. */
export function trainNetwork(network: Network, rows: Rows, training: Training): QuantileNetworkState {
  const { frame, earlyStopping, epochs } = training
  const optimizer = network.tensorflow.core.train.adam(training.learningRate)
  const random = seededRandom(training.seed + 1)
  const order = Array.from(rows.y.keys())
  let best = stateOf(network, frame)
  let lowest = earlyStopping ? lossOf(best, earlyStopping) : 0
  for (let epoch = 0, since = 0; epoch < epochs && since < (earlyStopping?.patience ?? 1); epoch++) {
    const drawn = shuffled(order, random)
    for (let from = 0; from < drawn.length; from += training.batchRows) {
      const chosen = drawn.slice(from, from + training.batchRows)
      const batch = { x: selectRows(rows.x, chosen), y: select(rows.y, chosen) }
      optimizer.minimize(() => batchLoss(network, batch, training))
    }
    if (!earlyStopping) continue
    const now = stateOf(network, frame)
    const loss = lossOf(now, earlyStopping)
    since = loss < lowest ? 0 : since + 1
    if (since === 0) [best, lowest] = [now, loss]
  }
  const final = earlyStopping ? best : stateOf(network, frame)
  optimizer.dispose()
  return final
}

const stateOf = (network: Network, frame: Training['frame']): QuantileNetworkState => ({
  ...frame,
  layers: network.read() satisfies DenseLayer[],
})

/** The pinball loss of the standardised target, mean over rows and levels, plus the penalty. */
function batchLoss(network: Network, { x, y }: Rows, { frame, l2 }: Training): Scalar {
  const { core } = network.tensorflow
  const input = core.tensor2d(Float32Array.from(x.values), [x.rows, x.columns])
  const target = core.tensor2d(
    Float32Array.from(y, (value) => (value - frame.centre) / frame.scale),
    [y.length, 1],
  )
  const levels = core.tensor2d([...frame.levels], [1, frame.levels.length])
  const misses = core.sub(target, network.forward(input)) as Tensor2D
  const losses = core.maximum(core.mul(misses, levels), core.mul(misses, core.sub(levels, 1)))
  const loss = core.mean(losses) as Scalar
  return l2 === 0 ? loss : core.add(loss, core.mul(l2, network.squaredWeights()))
}

/** The pinball loss on other rows, mean over rows and levels, in the units of the target. */
function lossOf(state: QuantileNetworkState, { x, y }: Rows): number {
  const quantiles = predictQuantiles(state, x)
  let sum = 0
  for (const [k, predicted] of quantiles.values.entries()) {
    const level = state.levels[k % quantiles.columns] as number
    const miss = (y[Math.floor(k / quantiles.columns)] as number) - predicted
    sum += miss >= 0 ? level * miss : (level - 1) * miss
  }
  return sum / quantiles.values.length
}
