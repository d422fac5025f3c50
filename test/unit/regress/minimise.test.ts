import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { minimise } from '../../../src/regress/minimise.ts'
import { close } from './close.ts'

describe('minimise', () => {
  it('finds the bottom of a bowl that is longer one way than the other', () => {
    const bowl = ([a = 0, b = 0]: readonly number[]) => (a - 3) ** 2 + 20 * (b + 1) ** 2 + (a - 3) * (b + 1)
    close(minimise(bowl, [0, 0], { step: 1, tolerance: 1e-6 }), [3, -1], 1e-4)
  })

  it('goes down a bent valley (Rosenbrock 1960)', () => {
    const valley = ([a = 0, b = 0]: readonly number[]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2
    close(minimise(valley, [-1.2, 1], { step: 0.5, tolerance: 1e-7 }), [1, 1], 1e-2)
  })

  it('stays where it is best already, and leaves its start untouched', () => {
    const start = [2]
    assert.deepEqual(
      minimise(([a = 0]) => Math.abs(a - 2), start, { step: 1, tolerance: 0.01 }),
      [2],
    )
    assert.deepEqual(start, [2])
  })

  it('ends for a function that is flat', () => {
    assert.deepEqual(
      minimise(() => 7, [1, 2], { step: 1, tolerance: 0.01 }),
      [1, 2],
    )
  })
})
