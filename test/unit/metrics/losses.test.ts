import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { icc, iccOfMean, noiseCeiling } from '../../../src/metrics/icc.ts'
import { intervalScore } from '../../../src/metrics/interval-score.ts'
import { pinballLoss, pinballSkill } from '../../../src/metrics/pinball.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

describe('pinballLoss', () => {
  const { actual, predicted, losses, skill, reference: constant } = reference.pinball

  for (const { level, loss } of losses) {
    it(`agrees with scikit-learn at level ${level}`, () => {
      close([pinballLoss(actual, predicted, level)], [loss], 1e-14)
    })
  }

  it('has the skill against a constant quantile that scikit-learn calls D²', () => {
    const flat = pinballLoss(
      actual,
      actual.map(() => constant),
      0.8,
    )
    close([pinballSkill(pinballLoss(actual, predicted, 0.8), flat)], [skill], 1e-12)
  })

  it('refuses a level that is no probability and a reference that cannot be improved', () => {
    refuses(() => pinballLoss([1], [1], 80), 'data-malformed', /level 80/)
    refuses(() => pinballSkill(1, 0), 'too-little-data', /loss of 0/)
  })
})

describe('icc', () => {
  for (const { groups, icc: expected } of reference.icc) {
    it(`agrees with SciPy's F on tasks of ${groups.map((group) => group.length)} runs`, () => {
      close([icc(groups)], [expected], 1e-10)
    })
  }

  it('rises for the mean of several runs as Spearman and Brown say', () => {
    close([iccOfMean(0.5, 4), noiseCeiling(0.64), noiseCeiling(-0.1)], [0.8, 0.8, 0], 1e-15)
  })

  it('needs two tasks, a repeat, and runs that differ', () => {
    refuses(() => icc([[1], [2]]), 'too-little-data', /2 runs of 2 tasks/)
    refuses(() => icc([[1, 2]]), 'too-little-data', /2 runs of 1 tasks/)
    refuses(() => icc([[3, 3], [3]]), 'too-little-data', /same value/)
    refuses(() => icc([[1, Number.NaN], [2]]), 'data-malformed', /NaN/)
    assert.equal(
      icc([
        [1, 1],
        [2, 2],
      ]),
      1,
    )
  })
})

describe('intervalScore', () => {
  it('adds 2 / α for each unit missed to the width', () => {
    const score = intervalScore([5, 0, 12], { low: [4, 1, 2], high: [8, 3, 10] }, 0.8)
    close([score], [(4 + (2 + 10 * 1) + (8 + 10 * 2)) / 3], 1e-12)
  })

  it('is the sum of the two pinball losses at its ends, over α / 2', () => {
    const { actual, predicted } = reference.pinball
    const high = predicted.map((value) => value + 0.7)
    const both = pinballLoss(actual, predicted, 0.1) + pinballLoss(actual, high, 0.9)
    close([intervalScore(actual, { low: predicted, high }, 0.8)], [both / 0.1], 1e-12)
  })

  it('refuses a level of 80', () => {
    refuses(() => intervalScore([1], { low: [0], high: [2] }, 80), 'data-malformed', /level 80/)
  })
})
