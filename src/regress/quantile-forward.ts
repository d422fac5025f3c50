import { innerProducts } from './linear.ts'
import { type Matrix, transposed } from './matrix.ts'
import { checkColumns, refuseMissing } from './training-data.ts'

/** A dense layer: `weights` are inputs × units, row after row. */
export interface DenseLayer {
  readonly inputs: number
  readonly weights: readonly number[]
  readonly bias: readonly number[]
}

/** A network for several quantiles as plain JSON; all layers but the last end in max(0, ·). */
export interface QuantileNetworkState {
  readonly levels: readonly number[]
  readonly layers: readonly DenseLayer[]
  /** The network works on (target − centre) / scale. */
  readonly centre: number
  readonly scale: number
}

/**
 * The quantiles of every row, rows × levels, in the units of the target, without TensorFlow. They never cross: each is
 * the one before plus a softplus.
 */
export function predictQuantiles(state: QuantileNetworkState, x: Matrix): Matrix {
  checkColumns(x, (state.layers[0] as DenseLayer).inputs)
  refuseMissing(x)
  const raw = state.layers.reduce((values, layer, k) => dense(values, layer, k + 1 < state.layers.length), x)
  let running = 0
  const values = raw.values.map((value, k) => {
    running = k % raw.columns === 0 ? value : running + softplus(value)
    return state.centre + state.scale * running
  })
  return { ...raw, values }
}

function dense(x: Matrix, { inputs, weights, bias }: DenseLayer, rectified: boolean): Matrix {
  const table = { rows: inputs, columns: bias.length, values: Float64Array.from(weights) }
  const products = innerProducts(x, transposed(table))
  const values = products.values.map((value, k) => {
    const sum = value + (bias[k % bias.length] as number)
    return rectified ? Math.max(0, sum) : sum
  })
  return { ...products, values }
}

/** log(1 + eˣ), written so that a large x does not overflow. */
const softplus = (value: number): number => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)))
