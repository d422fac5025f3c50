import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { Sequential } from '@tensorflow/tfjs-layers'
import { plain } from './estimator.ts'
import type { Matrix } from './matrix.ts'
import { normalQuantile } from './normal.ts'
import type { DenseLayer, QuantileNetworkState } from './quantile-forward.ts'
import { type Random, seededRandom } from './random.ts'
import type { TensorFlow } from './tensorflow.ts'

/** A network on a TensorFlow back end; holds memory there until disposed of. */
export interface Network {
  readonly tensorflow: TensorFlow
  /** The standardised quantiles of rows, rows × levels. */
  readonly forward: (x: Tensor2D) => Tensor2D
  /** Σ weights², biases left out. */
  readonly squaredWeights: () => Scalar
  readonly read: () => DenseLayer[]
  readonly write: (layers: readonly DenseLayer[]) => void
  readonly dispose: () => void
}

export interface NetworkShape {
  readonly inputs: number
  readonly hidden: readonly number[]
  readonly levels: readonly number[]
  readonly seed: number
}

/** Makes a network; at first it says for every row about what the normal distribution would. */
export function buildNetwork(tensorflow: TensorFlow, shape: NetworkShape): Network {
  const { core, layers } = tensorflow
  const sizes = [...shape.hidden, shape.levels.length]
  const model = layers.sequential({
    layers: sizes.map((units, k) =>
      layers.layers.dense({
        units,
        activation: k + 1 < sizes.length ? 'relu' : 'linear',
        ...(k === 0 ? { inputShape: [shape.inputs] } : {}),
      }),
    ),
  })
  const network: Network = {
    tensorflow,
    forward: (x) => ascending(tensorflow, model.apply(x) as Tensor2D),
    squaredWeights: () => core.addN(kernels(model).map((kernel) => core.sum(core.square(kernel)))) as Scalar,
    read: () => read(model),
    write: (values) =>
      core.tidy(() => model.setWeights(values.flatMap((layer) => tensors(tensorflow, layer)))),
    dispose: () => model.dispose(),
  }
  network.write(initial(shape, seededRandom(shape.seed)))
  return network
}

/** What `predictQuantiles` gives, computed by TensorFlow in 32 bits. */
export function tensorflowQuantiles(tensorflow: TensorFlow, state: QuantileNetworkState, x: Matrix): Matrix {
  const hidden = state.layers.slice(0, -1).map((layer) => layer.bias.length)
  const network = buildNetwork(tensorflow, { inputs: x.columns, hidden, levels: state.levels, seed: 0 })
  network.write(state.layers)
  const { core } = tensorflow
  const found = core.tidy(() =>
    network.forward(core.tensor2d(Float32Array.from(x.values), [x.rows, x.columns])).dataSync(),
  )
  network.dispose()
  const values = Float64Array.from(found, (value) => state.centre + state.scale * value)
  return { rows: x.rows, columns: state.levels.length, values }
}

/** The first column as it is, and each further one the column before plus a softplus. */
function ascending({ core }: TensorFlow, raw: Tensor2D): Tensor2D {
  const [rows, columns] = raw.shape
  if (columns === 1) return raw
  const first = core.slice(raw, [0, 0], [rows, 1])
  const steps = core.softplus(core.slice(raw, [0, 1], [rows, columns - 1]))
  return core.cumsum(core.concat([first, steps], 1), 1)
}

const kernels = (model: Sequential): Tensor[] =>
  model.trainableWeights.map((weight) => weight.read()).filter((weight) => weight.rank === 2)

function read(model: Sequential): DenseLayer[] {
  const values = model.getWeights()
  return values.flatMap((kernel, k) => {
    const bias = values[k + 1]
    if (kernel.rank !== 2 || !bias) return []
    return [
      { inputs: kernel.shape[0] as number, weights: plain(kernel.dataSync()), bias: plain(bias.dataSync()) },
    ]
  })
}

const tensors = ({ core }: TensorFlow, { inputs, weights, bias }: DenseLayer): Tensor[] => [
  core.tensor2d(Float32Array.from(weights), [inputs, bias.length]),
  core.tensor1d(Float32Array.from(bias)),
]

/** Hidden layers as He et al. (2015); the last starts near the normal quantiles of the levels. */
function initial({ inputs, hidden, levels }: NetworkShape, random: Random): DenseLayer[] {
  const sizes = [inputs, ...hidden]
  const normals = (size: number, sd: number): number[] =>
    Array.from({ length: size }, () => sd * random.normal())
  const first = hidden.map((units, k) => {
    const from = sizes[k] as number
    return {
      inputs: from,
      weights: normals(from * units, Math.sqrt(2 / from)),
      bias: new Array(units).fill(0),
    }
  })
  const from = sizes.at(-1) as number
  const quantiles = levels.map(normalQuantile)
  // log(eˣ − 1) is what softplus undoes.
  const bias = quantiles.map((each, k) =>
    k === 0 ? each : Math.log(Math.expm1(each - (quantiles[k - 1] as number))),
  )
  return [...first, { inputs: from, weights: normals(from * levels.length, 0.1 / Math.sqrt(from)), bias }]
}
