import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fromRows } from '../../../src/regress/matrix.ts'
import { ridge } from '../../../src/regress/ridge.ts'
import { fitScaling, standardise, standardised } from '../../../src/regress/standardise.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses, reread } from './close.ts'

const x = fromRows(reference.scaling.x.map((row) => row.map((value) => value ?? Number.NaN)))

describe('standardise', () => {
  it('agrees with scikit-learn and puts missing cells at the mean', () => {
    close(standardise(reread(fitScaling(x)), x).values, reference.scaling.scaled.flat(), 1e-13)
  })

  it('adds a column that says where a value was missing', () => {
    const scaling = fitScaling(x, { indicators: true })
    const out = standardise(scaling, x)
    assert.deepEqual(scaling.indicators, [1, 3])
    assert.equal(out.columns, 6)
    const flags = Array.from({ length: x.rows }, (_, i) =>
      [...out.values.subarray(i * 6 + 4, i * 6 + 6)].join(''),
    )
    assert.deepEqual(flags, ['01', '00', '10', '00', '00', '10', '00', '00', '00'])
  })

  it('makes 0 of a column that was constant or never there, whatever comes later', () => {
    const scaling = fitScaling(
      fromRows([
        [0.1, Number.NaN],
        [0.1, Number.NaN],
        [0.1, Number.NaN],
      ]),
    )
    assert.deepEqual([...standardise(scaling, fromRows([[5, 6]])).values], [0, 0])
  })

  it('refuses infinite cells, no rows, and another number of columns', () => {
    const infinite = fromRows([[1, Number.NEGATIVE_INFINITY]])
    refuses(() => fitScaling(infinite), 'data-malformed', /column 1/)
    refuses(() => fitScaling(fromRows([])), 'too-little-data', /0 rows/)
    refuses(() => standardise(fitScaling(x), infinite), 'data-malformed', /2 columns .* fitted on 4/)
  })

  it('lets ridge learn from missing cells, at any scale of the columns', () => {
    const learner = standardised(ridge)
    const y = Float64Array.from({ length: x.rows }, (_, i) => i)
    const predictions = learner.predict(learner.fit(x, y, { penalty: 1 }), x)
    const larger = { ...x, values: x.values.map((value) => 1000 * value) }
    close(learner.predict(learner.fit(larger, y, { penalty: 1 }), larger), predictions, 1e-10)
    assert.ok(predictions.every(Number.isFinite))
  })
})
