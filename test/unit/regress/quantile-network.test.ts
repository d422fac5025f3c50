import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pinballLoss } from '../../../src/metrics/pinball.ts'
import { column, fromColumn, fromRows, rowOf, select, selectRows } from '../../../src/regress/matrix.ts'
import { tensorflowQuantiles } from '../../../src/regress/network.ts'
import { normalQuantile } from '../../../src/regress/normal.ts'
import { predictQuantiles } from '../../../src/regress/quantile-forward.ts'
import { type QuantileNetworkParams, quantileNetwork } from '../../../src/regress/quantile-network.ts'
import { seededRandom } from '../../../src/regress/random.ts'
import { loadTensorFlow } from '../../../src/regress/tensorflow.ts'
import { refuses, reread } from './close.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k)
const tensorflow = await loadTensorFlow()
const network = quantileNetwork(tensorflow)
const levels = [0.1, 0.5, 0.9]
const params: QuantileNetworkParams = { levels, seed: 1, hidden: [16, 16], epochs: 30 }

// Neither the middle nor the spread is linear.
const random = seededRandom(9)
const x = fromRows(range(0, 1500).map(() => [random.normal(), random.normal()]))
const made = (i: number, deviate: number): number => {
  const [a, b] = rowOf(x, i) as unknown as [number, number]
  return 50 + 3 * a * a + (2 + Math.abs(b)) * deviate
}
const y = Float64Array.from({ length: x.rows }, (_, i) => made(i, random.normal()))
const [train, test] = [range(0, 1000), range(1000, 1500)]
const [own, target] = [selectRows(x, train), select(y, train)]
const [unseen, actual] = [selectRows(x, test), select(y, test)]

describe('quantileNetwork', () => {
  const state = reread(network.fit(own, target, params))
  const quantiles = predictQuantiles(state, unseen)

  it('comes within 10 % of the pinball loss of one who knows how the data were made', () => {
    for (const [k, p] of levels.entries()) {
      const truth = test.map((i) => made(i, normalQuantile(p)))
      const loss = pinballLoss(actual, column(quantiles, k), p)
      const best = pinballLoss(actual, truth, p)
      assert.ok(loss < 1.1 * best, `at ${p}: ${loss}, at best ${best}`)
    }
  })

  it('predicts the same with and without TensorFlow', () => {
    const other = tensorflowQuantiles(tensorflow, state, unseen)
    const misses = quantiles.values.map((value, k) => Math.abs(value / (other.values[k] as number) - 1))
    assert.equal(misses.length, 1500)
    assert.ok(Math.max(...misses) < 1e-5, `${Math.max(...misses)}`)
  })

  it('gives quantiles that never cross, also far from the data', () => {
    const far = predictQuantiles(state, { ...unseen, values: unseen.values.map((value) => 1000 * value) })
    for (let k = 0; k < far.values.length; k += 3) {
      const [low, middle, high] = far.values.subarray(k, k + 3) as unknown as [number, number, number]
      assert.ok(low <= middle && middle <= high)
    }
  })

  it('predicts the level nearest to one half as an estimator', () => {
    assert.deepEqual(network.predict(state, unseen), column(quantiles, 1))
  })

  it('has the same weights for the same seed and others for another', () => {
    const weights = [1, 1, 2].map((seed) =>
      JSON.stringify(network.fit(own, target, { ...params, seed, epochs: 2 })),
    )
    assert.equal(weights[0], weights[1])
    assert.notEqual(weights[0], weights[2])
  })

  it('stops early and keeps the weights that were best on the held-out rows', () => {
    const earlyStopping = { x: unseen, y: actual, patience: 2 }
    const [few, wanted] = [selectRows(own, range(0, 60)), target.slice(0, 60)]
    const fast = { ...params, learningRate: 0.05, epochs: 60 }
    const kept = network.fit(few, wanted, { ...fast, earlyStopping: { ...earlyStopping, patience: 60 } })
    const stopped = network.fit(few, wanted, {
      ...fast,
      epochs: 1000,
      earlyStopping: { ...earlyStopping, patience: 1 },
    })
    const lossAt = (each: typeof stopped): number =>
      levels.reduce((sum, p, k) => sum + pinballLoss(actual, column(predictQuantiles(each, unseen), k), p), 0)
    assert.ok(lossAt(kept) < lossAt(network.fit(few, wanted, fast)))
    assert.ok(lossAt(stopped) > lossAt(kept))
  })

  it('shrinks its weights under a penalty', () => {
    const size = (l2: number): number => {
      const { layers } = network.fit(own, target, { ...params, epochs: 10, l2 })
      return layers.flatMap((layer) => layer.weights).reduce((sum, weight) => sum + weight ** 2, 0)
    }
    assert.ok(size(0.1) < 0.5 * size(0))
  })

  it('leaves no tensor behind', () => {
    const before = tensorflow.core.memory().numTensors
    network.fit(own, target, { ...params, epochs: 1, l2: 0.1 })
    tensorflowQuantiles(tensorflow, state, unseen)
    assert.equal(tensorflow.core.memory().numTensors, before)
  })

  it('predicts a constant target, and a single level', () => {
    const flat = network.fit(fromColumn([1, 2, 3]), Float64Array.of(7, 7, 7), {
      levels: [0.5],
      seed: 1,
      epochs: 50,
    })
    assert.ok(Math.abs((network.predict(flat, fromColumn([2]))[0] as number) - 7) < 0.3)
  })

  it('refuses levels out of order, no levels, and missing features', () => {
    const bad = (more: Partial<QuantileNetworkParams>) => () =>
      network.fit(own, target, { ...params, ...more })
    refuses(bad({ levels: [0.9, 0.1] }), 'data-malformed', /level is 0\.1, not between 0\.9/)
    refuses(bad({ levels: [] }), 'data-malformed', /0 levels/)
    refuses(bad({ hidden: [0] }), 'data-malformed', /hidden layer is 0/)
    const gap = fromColumn([1, Number.NaN])
    refuses(() => network.fit(gap, Float64Array.of(1, 2), params), 'data-malformed', /row 1, column 0/)
    refuses(() => network.predict(state, fromColumn([1])), 'data-malformed', /1 columns .* fitted on 2/)
  })
})

describe('loadTensorFlow', () => {
  it('uses WebAssembly and says why when the native package is not installed', () => {
    assert.equal(tensorflow.backend, 'wasm')
    assert.equal(tensorflow.core.getBackend(), 'wasm')
    assert.equal(tensorflow.reason, '@tensorflow/tfjs-node is not installed')
  })

  it('says why the native package cannot be loaded when it is broken', async () => {
    const broken = await loadTensorFlow(import.meta.resolve('../../fixtures/regress/broken-native.ts'))
    assert.equal(broken.backend, 'wasm')
    assert.match(broken.reason ?? '', /cannot be loaded: libtensorflow.so.2: no such file/)
  })

  it('uses the native package when it is there', async () => {
    const native = await loadTensorFlow(import.meta.resolve('../../fixtures/regress/native.ts'))
    assert.deepEqual([native.backend, native.reason], ['native', null])
    const state = quantileNetwork(native).fit(own, target, { ...params, epochs: 1 })
    assert.deepEqual(state, network.fit(own, target, { ...params, epochs: 1 }))
  })
})
