import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatBundle, parseBundle } from '../../../src/forecast/bundle.ts'
import { targetsOf } from '../../../src/learn/dataset.ts'
import { meanR } from '../../../src/learn/mean-r.ts'
import { rangeQuality } from '../../../src/learn/ranges.ts'
import { fitsOf, trainBundle } from '../../../src/learn/train.ts'
import { modelCard } from '../../../src/report/card.ts'
import { syntheticDataset } from '../../fixtures/synthetic-dataset.ts'

const { dataset: full } = syntheticDataset({ tasks: 60, seed: 5, models: ['m-1', 'm-2', 'm-3'] })
/** The last pair was run on every third task only, and nothing is known of its caching, calls and own forecasts. */
const sparse = new Map(
  [...(full.spend[2] ?? [])]
    .filter(([t]) => t % 3 === 0)
    .map(([t, row]) => [t, { ...row, calls: null, selfInputTokens: null, selfOutputTokens: null }] as const),
)
const dataset = {
  ...full,
  spend: [...full.spend.slice(0, 2), sparse],
  caching: [...full.caching.slice(0, 2), undefined],
}
let steps = 0
const training = await trainBundle(dataset, { id: 'gaps-1', seed: 1 }, async () => {
  steps++
})

describe('a dataset with gaps', () => {
  const { bundle } = training

  it('makes a bundle that can be read again', () => {
    assert.deepEqual(parseBundle(formatBundle(bundle), 'x'), bundle)
  })

  it('has facts of a pair only where they were recorded', () => {
    const pair = bundle.pairs[2]
    assert.deepEqual(
      [pair?.tasks, pair?.cacheReadShare, pair?.calls, pair?.selfForecast],
      [20, null, null, null],
    )
    assert.notEqual(bundle.pairs[0]?.calls, null)
    assert.notEqual(bundle.pairs[0]?.selfForecast, null)
  })

  it('has residuals of the tasks that were run, hinted ones where the model was asked', () => {
    for (const regime of ['known', 'new', 'issue'] as const) {
      assert.deepEqual(
        bundle.residuals[regime].map(({ plain }) => plain.total.length),
        [60, 60, 20],
      )
      assert.deepEqual(
        bundle.residuals[regime].map(({ hinted }) => hinted?.total.length),
        [60, 60, undefined],
      )
    }
  })

  it('is scored on the tasks that were run', () => {
    const total = targetsOf(dataset, 'total')
    const { plain } = training.heldOut.known
    assert.ok(Number.isFinite(meanR(dataset, total, plain.total, [0, 1, 2])))
    const { coverage } = rangeQuality(dataset, total, plain.total, training.folds.known, [0, 1, 2])
    assert.ok(Math.abs(coverage - 0.8) < 0.1)
  })

  it('tells of every fit', () => {
    assert.equal(steps, fitsOf(dataset))
  })

  it('has a card', () => {
    const card = modelCard(dataset, training, [])
    assert.match(card, /^# Model card: gaps-1\n/)
    assert.match(card, /\| openhands \| m-3 \| 20 \| 4 \| 0\.\d\d \| not recorded \|/)
    assert.doesNotMatch(card, /NaN|undefined|Infinity|Ideas tried/)
  })

  it('makes the same bytes from the same seed, and others from another', async () => {
    const again = await trainBundle(dataset, { id: 'gaps-1', seed: 1 })
    assert.equal(formatBundle(again.bundle), formatBundle(bundle))
    const other = await trainBundle(dataset, { id: 'gaps-1', seed: 2 })
    assert.notDeepEqual(other.bundle.residuals.known, bundle.residuals.known)
    assert.deepEqual(other.bundle.heads, bundle.heads)
  })
})
