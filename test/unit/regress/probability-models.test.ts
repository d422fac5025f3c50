import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isotonic } from '../../../src/regress/isotonic.ts'
import { logistic } from '../../../src/regress/logistic.ts'
import { fromColumn, fromRows } from '../../../src/regress/matrix.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses, reread } from './close.ts'

describe('logistic', () => {
  const x = fromRows(reference.logistic.x)
  const trials = Float64Array.from(reference.logistic.trials)
  const share = Float64Array.from(reference.logistic.share)

  for (const { penalty, weights, intercept } of reference.logistic.fits) {
    it(`agrees with scikit-learn on k of n successes at penalty ${penalty}`, () => {
      const state = reread(logistic.fit(x, share, { penalty, trials }))
      close([...state.weights, state.intercept], [...weights, intercept], 1e-8)
    })
  }

  it('counts a row of n trials like n rows of one', () => {
    const twice = logistic.fit(fromColumn([0, 1, 1]), Float64Array.of(0, 1, 0), { penalty: 1 })
    const counted = { penalty: 1, trials: Float64Array.of(1, 2) }
    const once = logistic.fit(fromColumn([0, 1]), Float64Array.of(0, 0.5), counted)
    close([...once.weights, once.intercept], [...twice.weights, twice.intercept], 1e-10)
  })

  it('converges on outcomes that a line separates, far from the origin', () => {
    const state = logistic.fit(fromColumn([-4000, -3000, 3000, 4000]), Float64Array.of(0, 0, 1, 1), {
      penalty: 1e-3,
    })
    const [low, high] = logistic.predict(state, fromColumn([-4000, 4000]))
    assert.ok((low as number) < 0.01 && (high as number) > 0.99)
  })

  it('refuses a share outside [0, 1] and outcomes of only one kind', () => {
    const two = fromColumn([1, 2])
    refuses(() => logistic.fit(two, Float64Array.of(0, 1.5), { penalty: 1 }), 'data-malformed', /1\.5/)
    refuses(
      () => logistic.fit(two, Float64Array.of(1, 1), { penalty: 1 }),
      'too-little-data',
      /2 successes in 2/,
    )
  })
})

describe('isotonic', () => {
  const { x, y, weights, new: unseen, predicted } = reference.monotone

  it('agrees with scikit-learn on weighted rows with ties', () => {
    const state = isotonic.fit(fromColumn(x), Float64Array.from(y), { weights: Float64Array.from(weights) })
    close(isotonic.predict(reread(state), fromColumn(unseen)), predicted, 1e-12)
  })

  it('refuses two columns and a weight of 0', () => {
    refuses(() => isotonic.fit(fromRows([[1, 2]]), Float64Array.of(1), {}), 'data-malformed', /2 columns/)
    const nothing = { weights: Float64Array.of(0) }
    refuses(() => isotonic.fit(fromColumn([1]), Float64Array.of(1), nothing), 'data-malformed', /weight is 0/)
  })
})
