import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Comparison } from '../../../src/learn/own/compare-bundles.ts'
import { judgeChallenger } from '../../../src/learn/own/verdict.ts'

interface Made {
  readonly runs?: number
  /** Of 100. */
  readonly covered?: readonly [champion: number, challenger: number]
  readonly loss?: readonly [low: number, estimate: number, high: number]
  readonly r?: readonly [low: number, estimate: number, high: number]
}

/** The loss of the champion is 1. */
function verdictOf({ runs = 100, covered = [80, 80], loss = [-0.2, -0.1, -0.05], r = [0, 0.1, 0.2] }: Made) {
  const interval = ([low, estimate, high]: readonly [number, number, number]) => ({ low, estimate, high })
  const comparison = {
    ...{ runs, tasks: runs, fresh: null, byModel: [], byRepository: [] },
    champion: { loss: 1, r: 0.5, coverage: covered[0] / 100 },
    challenger: { loss: 1 + loss[1], r: 0.5 + r[1], coverage: covered[1] / 100 },
    lossChange: interval(loss),
    rChange: interval(r),
  } as Comparison
  return judgeChallenger(comparison).verdict
}

describe('a verdict', () => {
  it('is better where the loss is lower beyond chance, and equal where it is not higher', () => {
    assert.equal(verdictOf({}), 'better')
    assert.equal(verdictOf({ loss: [-0.2, -0.1, 0.01] }), 'equal')
    assert.equal(verdictOf({ loss: [-0.1, 0.009, 0.1] }), 'equal')
  })

  it('is worse where the loss is higher, beyond chance or by more than 1 %', () => {
    assert.equal(verdictOf({ loss: [-0.1, 0.02, 0.1] }), 'worse')
    assert.equal(verdictOf({ loss: [0.001, 0.005, 0.01] }), 'worse')
  })

  it('is worse where sizes are followed less well beyond chance, whatever the loss', () => {
    assert.equal(verdictOf({ r: [-0.2, -0.1, -0.01] }), 'worse')
    assert.equal(verdictOf({ r: [-0.2, -0.1, 0.01] }), 'better')
  })

  it('is worse where the range holds too seldom, or too often for nothing, and further off than that of the champion', () => {
    assert.equal(verdictOf({ covered: [80, 60] }), 'worse')
    assert.equal(verdictOf({ covered: [80, 99], loss: [-0.1, 0, 0.1] }), 'worse')
    assert.equal(verdictOf({ covered: [80, 99] }), 'better', 'too wide, and all the same better')
    assert.equal(verdictOf({ covered: [60, 60] }), 'better')
    assert.equal(verdictOf({ covered: [100, 60] }), 'better')
    assert.equal(verdictOf({ covered: [100, 45] }), 'worse')
    assert.equal(verdictOf({ covered: [80, 72] }), 'better', 'that may be chance')
    assert.equal(verdictOf({ covered: [80, 60], runs: 10 }), 'better', 'so may that')
  })

  it('is none on a few runs', () => {
    assert.equal(verdictOf({ runs: 7 }), 'too-little')
    assert.equal(judgeChallenger(null).verdict, 'too-little')
  })
})
