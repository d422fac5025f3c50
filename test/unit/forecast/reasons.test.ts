import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { featureNames } from '../../../src/features/features.ts'
import { encoderOf } from '../../../src/forecast/encoding.ts'
import { columnNames, reasonsFor } from '../../../src/forecast/reasons.ts'
import { predictPooled } from '../../../src/regress/pooled.ts'
import { seededRandom } from '../../../src/regress/random.ts'
import type { SparseVector } from '../../../src/regress/sparse-vector.ts'
import { syntheticBundle } from '../../fixtures/synthetic-bundle.ts'
import { withRepository } from '../../fixtures/synthetic-dataset.ts'

const { heads } = await syntheticBundle()
const head = heads.repository
const encoder = encoderOf(head.encoding)
const names = columnNames(encoder)
const features = withRepository({ title: 'slow cache', body: 'render page type error' }, seededRandom(4))
const row = encoder.encode({ features, repository: 'acme/drill' })
const NOTHING: SparseVector = { indices: new Int32Array(), values: new Float64Array() }
const { total } = head.quantities

const reasons = (series: number | null, hints: readonly number[] | null = null, most = 1e6) =>
  reasonsFor(names, total, row, { series, hints, most })

describe('the reasons of a forecast', () => {
  it('multiply to the whole distance from the average task, for any series, with hints and without', () => {
    for (const series of [0, 1, 2, null]) {
      for (const hints of [null, [1.5, -0.5]]) {
        const product = reasons(series, hints).reduce((all, { effect }) => all * effect, 1)
        const [here, average] = [row, NOTHING].map((each) =>
          predictPooled(total, each, series, each === row ? hints : hints && [0, 0]),
        )
        const distance = 10 ** ((here as number) - (average as number))
        // Each effect is rounded to a thousandth.
        assert.ok(
          Math.abs(Math.log10(product / distance)) < 0.02,
          `${series}: ${product}, expected ${distance}`,
        )
      }
    }
  })

  it('come strongest first, no more than asked for', () => {
    const all = reasons(0)
    const strength = all.map(({ effect }) => Math.abs(Math.log(effect)))
    for (const [i, each] of strength.entries())
      assert.ok(i === 0 || each <= (strength[i - 1] as number) + 1e-3)
    assert.deepEqual(reasons(0, null, 3), all.slice(0, 3))
  })

  it('tell the words of an issue as one, and the repository by its name', () => {
    const all = reasons(0)
    assert.equal(all.filter(({ feature }) => feature === 'words').length, 1)
    assert.deepEqual(
      all.filter(({ feature }) => feature === 'repository').map(({ meaning }) => meaning),
      ['other tasks of acme/drill'],
    )
  })

  it('name the column that is meant', () => {
    const groups = Object.keys(head.encoding.columns) as Parameters<typeof featureNames>[0][]
    assert.deepEqual(
      names.slice(0, -4).map(({ feature }) => feature),
      groups.flatMap(featureNames),
    )
    assert.equal(names.length, encoder.denseColumns)
    for (const { meaning } of names) assert.ok(meaning.length > 3)
  })

  it('tell what the model itself forecast only where it did', () => {
    const self = (hints: readonly number[] | null) =>
      reasons(0, hints).find(({ feature }) => feature === 'self_forecast')
    assert.equal(self(null), undefined)
    assert.ok((self([2, 2])?.effect ?? 0) > 1)
    assert.ok((self([-2, -2])?.effect ?? 2) < 1)
  })

  it('are none for an average task', () => {
    assert.deepEqual(reasonsFor(names, total, NOTHING, { series: 0, hints: null, most: 6 }), [])
  })
})
