import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { groupMean } from '../../../src/regress/group-mean.ts'
import { fromColumn, fromRows } from '../../../src/regress/matrix.ts'
import { median } from '../../../src/regress/median.ts'
import { close, refuses, reread } from './close.ts'

describe('median', () => {
  it('predicts the median of the targets for every row', () => {
    const state = median.fit(fromColumn([0, 0, 0, 0]), Float64Array.of(1, 10, 2, 4), {})
    assert.deepEqual([...median.predict(reread(state), fromColumn([5, 6]))], [3, 3])
  })

  it('refuses to learn from nothing', () => {
    refuses(() => median.fit(fromColumn([]), new Float64Array(0), {}), 'too-little-data', /0 rows/)
  })
})

describe('groupMean', () => {
  const x = fromRows([
    [9, 2],
    [9, 10],
    [9, 2],
    [9, Number.NaN],
  ])
  const y = Float64Array.of(1, 5, 3, 7)

  it('predicts the mean of a known group and the overall mean of a new or missing one', () => {
    const state = reread(groupMean.fit(x, y, { column: 1 }))
    const asked = fromRows([
      [0, 2],
      [0, 10],
      [0, 3],
      [0, Number.NaN],
    ])
    assert.deepEqual([...groupMean.predict(state, asked)], [2, 5, 4, 4])
  })

  it('draws small groups towards the overall mean', () => {
    const state = groupMean.fit(x, y, { column: 1, shrinkage: 2 })
    close(state.values, [(4 + 8) / 4, (5 + 8) / 3], 1e-15)
  })

  it('refuses a column that is not there', () => {
    refuses(() => groupMean.fit(x, y, { column: 2 }), 'data-malformed', /column is 2/)
    const state = groupMean.fit(x, y, { column: 1 })
    refuses(() => groupMean.predict(state, fromColumn([1])), 'data-malformed', /column 1 in a table of 1/)
  })
})
