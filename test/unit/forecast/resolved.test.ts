import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolveProbability } from '../../../src/forecast/resolved.ts'
import { close } from '../regress/close.ts'

const state = { levels: [0, 2], slope: -0.5, taskSd: 0 }

describe('the probability that a run is resolved', () => {
  it('is logistic in the level of the pair and the size of the task', () => {
    close(
      [resolveProbability(state, 0, 0) ?? 0, resolveProbability(state, 1, 1) ?? 0],
      [0.5, 1 / (1 + Math.exp(-1.5))],
      1e-12,
    )
  })

  it('is nearer to a half the less is known of the task', () => {
    const at = (taskSd: number) => resolveProbability({ ...state, taskSd }, 1, 0) ?? 0
    assert.ok(at(0) > at(1) && at(1) > at(3) && at(3) > 0.5)
  })

  it('falls as tasks grow where the slope is negative, and stays between 0 and 1', () => {
    const sizes = [-1e6, -3, 0, 3, 1e6].map(
      (size) => resolveProbability({ ...state, taskSd: 1 }, 0, size) ?? Number.NaN,
    )
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    )
    for (const p of sizes) assert.ok(p >= 0 && p <= 1)
  })

  it('is not known for a pair without a level', () => {
    assert.deepEqual([resolveProbability(state, null, 0), resolveProbability(state, 7, 0)], [null, null])
  })
})
