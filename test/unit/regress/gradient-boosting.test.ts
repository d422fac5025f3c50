import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pinballLoss } from '../../../src/metrics/pinball.ts'
import { type BoostingParams, gradientBoosting } from '../../../src/regress/gradient-boosting.ts'
import {
  fromColumn,
  fromRows,
  select,
  selectRows,
  sparseFromRows,
  toDense,
} from '../../../src/regress/matrix.ts'
import { seededRandom } from '../../../src/regress/random.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses, reread } from './close.ts'
import { synthetic } from './synthetic.ts'

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k)
const { x, y } = synthetic(3000, 17)
const [train, test, few] = [range(0, 2000), range(2000, 3000), range(0, 200)]
const squared = { loss: { kind: 'squared' }, seed: 1 } as const

const heldOut = (params: BoostingParams): Float64Array => {
  const state = gradientBoosting.fit(selectRows(x, train), select(y, train), params)
  return gradientBoosting.predict(reread(state), selectRows(x, test))
}

function r2(actual: Float64Array, predicted: Float64Array): number {
  const mean = actual.reduce((sum, value) => sum + value, 0) / actual.length
  const lost = actual.reduce((sum, value, i) => sum + (value - (predicted[i] as number)) ** 2, 0)
  return 1 - lost / actual.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}

describe('gradientBoosting', () => {
  it('explains as much of held-out rows as LightGBM, within 1 %', () => {
    const found = r2(select(y, test), heldOut(squared))
    assert.ok(
      Math.abs(found / reference.boosting.r2 - 1) < 0.01,
      `${found}, LightGBM ${reference.boosting.r2}`,
    )
  })

  for (const { level, loss } of reference.boosting.pinball) {
    it(`has the held-out pinball loss of LightGBM at ${level}, within 1 %`, () => {
      const predicted = heldOut({ loss: { kind: 'pinball', level }, seed: 1 })
      const found = pinballLoss(select(y, test), predicted, level)
      assert.ok(found / loss < 1.01, `${found}, LightGBM ${loss}`)
    })
  }

  it('grows the very trees of LightGBM, missing values and L2 included', () => {
    const rules = { ...squared, rounds: 5, learningRate: 0.3, maxLeaves: 7, minLeafRows: 5 }
    const [own, target] = [selectRows(x, few), select(y, few)]
    const shrunk = gradientBoosting.fit(own, target, { ...rules, l2: 1.5 })
    close(gradientBoosting.predict(shrunk, own), reference.boosting.exact, 1e-6)
    const shallow = gradientBoosting.fit(own, target, { ...rules, maxDepth: 2 })
    close(gradientBoosting.predict(shallow, own), reference.boosting.exactDepth, 1e-6)
  })

  it('leaves the asked share of its training rows below a quantile', () => {
    const params = { loss: { kind: 'pinball', level: 0.8 }, seed: 1, rounds: 30 } as const
    const predicted = gradientBoosting.predict(gradientBoosting.fit(x, y, params), x)
    const below = y.filter((value, i) => value <= (predicted[i] as number)).length / y.length
    assert.ok(Math.abs(below - 0.8) < 0.03, `${below}`)
  })

  it('sends missing values where they belong, alone or with either side', () => {
    const gaps = [0, 0, 1, 1, Number.NaN, Number.NaN]
    const fit = (target: readonly number[]) => {
      const rules = { ...squared, rounds: 1, learningRate: 1, minLeafRows: 1 }
      return gradientBoosting.fit(fromColumn(gaps), Float64Array.from(target), rules)
    }
    for (const target of [
      [1, 1, 2, 2, 1, 1],
      [1, 1, 2, 2, 2, 2],
      [1, 1, 1, 1, 5, 5],
      [1, 1, 2, 2, 3, 3],
    ]) {
      close(gradientBoosting.predict(fit(target), fromColumn(gaps)), target, 1e-12)
      assert.deepEqual(reread(fit(target)), fit(target))
    }
  })

  it('sends a value that was never missing in training to the larger side', () => {
    const rules = { ...squared, rounds: 1, learningRate: 1, minLeafRows: 1 }
    for (const [values, larger] of [[[0, 1, 1], 7] as const, [[0, 0, 1], 5] as const]) {
      const target = Float64Array.from(values, (value) => 5 + 2 * value)
      const state = gradientBoosting.fit(fromColumn(values), target, rules)
      close(gradientBoosting.predict(state, fromColumn([Number.NaN])), [larger], 1e-12)
    }
  })

  it('cuts half-way between neighbouring values and counts what the cut takes off the squared loss', () => {
    const rules = { ...squared, rounds: 1, learningRate: 1, minLeafRows: 1 }
    const state = gradientBoosting.fit(fromColumn([0, 0, 1, 1]), Float64Array.of(1, 1, 3, 3), rules)
    close(gradientBoosting.predict(state, fromColumn([-9, 0.49, 0.51, 9])), [1, 1, 3, 3], 1e-12)
    close(state.gains, [4], 1e-6)
  })

  it('explains as much from half of the rows and columns per tree, within 3 %', () => {
    const found = r2(select(y, test), heldOut({ ...squared, rowShare: 0.5, columnShare: 0.5 }))
    assert.ok(
      Math.abs(found / reference.boosting.r2 - 1) < 0.03,
      `${found}, LightGBM ${reference.boosting.r2}`,
    )
  })

  it('learns the same from a sparse table as from a dense one', () => {
    const random = seededRandom(5)
    const rows = range(0, 400).map(
      () =>
        new Map(
          range(0, 30).flatMap((j) => (random.uniform() < 0.1 ? [[j, random.integer(9) - 3] as const] : [])),
        ),
    )
    rows[0]?.set(4, Number.NaN)
    const sparse = sparseFromRows(rows, 30)
    const target = Float64Array.from(
      rows,
      (row) => 3 * (row.get(4) ?? 0) + (row.has(7) ? 5 : 0) + random.normal(),
    )
    target[0] = 1
    const params = { ...squared, rounds: 20, minLeafRows: 3, columnShare: 0.6, rowShare: 0.7 }
    const state = gradientBoosting.fit(sparse, target, params)
    assert.deepEqual(gradientBoosting.fit(toDense(sparse), target, params), state)
    const predicted = gradientBoosting.predict(state, sparse)
    assert.deepEqual(gradientBoosting.predict(state, toDense(sparse)), predicted)
    assert.ok(r2(target, predicted) > 0.7)
    const coarse = { ...params, maxBins: 4 }
    const few = gradientBoosting.fit(sparse, target, coarse)
    assert.deepEqual(gradientBoosting.fit(toDense(sparse), target, coarse), few)
  })

  it('follows its seed when it draws rows and columns', () => {
    const states = [1, 1, 2].map((seed) => {
      const params = { ...squared, seed, rounds: 5, rowShare: 0.5, columnShare: 0.5 }
      return JSON.stringify(gradientBoosting.fit(x, y, params))
    })
    assert.equal(states[0], states[1])
    assert.notEqual(states[0], states[2])
  })

  it('stops when held-out rows stop gaining, and keeps the trees up to the best', () => {
    const earlyStopping = { x: selectRows(x, test), y: select(y, test), patience: 10 }
    const rules = { ...squared, rounds: 400, learningRate: 0.3 }
    const fit = (more: Partial<BoostingParams>) =>
      gradientBoosting.fit(selectRows(x, few), select(y, few), { ...rules, ...more })
    const stopped = fit({ earlyStopping })
    const kept = stopped.roots.length
    assert.ok(kept > 3 && kept < 100, `${kept} trees`)
    assert.deepEqual(fit({ rounds: kept }), stopped)
    const lossOf = (rounds: number): number =>
      1 - r2(earlyStopping.y, gradientBoosting.predict(fit({ rounds }), earlyStopping.x))
    assert.ok(lossOf(kept) < lossOf(kept - 1) && lossOf(kept) <= lossOf(kept + 5))
  })

  it('credits the columns that matter with its gains', () => {
    const { gains } = gradientBoosting.fit(x, y, { ...squared, rounds: 20 })
    const order = range(0, 10).sort((a, b) => (gains[b] as number) - (gains[a] as number))
    assert.deepEqual(order.slice(0, 6).sort(), [0, 1, 2, 3, 4, 5])
  })

  it('is the best constant when there is nothing to split', () => {
    const state = gradientBoosting.fit(fromRows([[1], [1]]), Float64Array.of(3, 5), squared)
    assert.deepEqual([...gradientBoosting.predict(state, fromRows([[9]]))], [4])
    const none = gradientBoosting.fit(x, y, { ...squared, rounds: 0 })
    assert.deepEqual(none.roots, [])
  })

  it('predicts one row of 300 trees in less than 50 microseconds', () => {
    const state = gradientBoosting.fit(x, y, { ...squared, rounds: 300 })
    const row = selectRows(x, [7])
    const took = range(0, 20).map(() => {
      const start = performance.now()
      for (let k = 0; k < 100; k++) gradientBoosting.predict(state, row)
      return (performance.now() - start) * 10
    })
    assert.ok(Math.min(...took) < 50, `${Math.min(...took)} µs`)
  })

  it('refuses settings out of range, infinite features, and other columns than it learnt from', () => {
    const bad = (more: Partial<BoostingParams>) => () => gradientBoosting.fit(x, y, { ...squared, ...more })
    refuses(bad({ learningRate: 0 }), 'data-malformed', /learningRate is 0/)
    refuses(bad({ maxBins: 256 }), 'data-malformed', /maxBins is 256/)
    refuses(bad({ loss: { kind: 'pinball', level: 1 } }), 'data-malformed', /level is 1/)
    const infinite = fromColumn([1, Number.NEGATIVE_INFINITY])
    refuses(
      () => gradientBoosting.fit(infinite, Float64Array.of(1, 2), squared),
      'data-malformed',
      /-Infinity/,
    )
    const state = gradientBoosting.fit(x, y, { ...squared, rounds: 1 })
    refuses(() => gradientBoosting.predict(state, infinite), 'data-malformed', /1 columns .* fitted on 10/)
  })
})
