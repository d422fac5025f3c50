import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { groupedFolds, leaveOneGroupOut } from '../../../src/regress/splits.ts'
import { refuses } from './close.ts'

const groups = ['a', 'b', 'a', 'c', 'c', 'c', 'd', 'e', 'f', 'f']

describe('groupedFolds', () => {
  it('tests every row once and never splits a group', () => {
    const folds = groupedFolds(groups, { folds: 3, seed: 1 })
    assert.deepEqual(folds.flatMap(({ test }) => test).sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const { train, test } of folds) {
      assert.equal(train.length + test.length, 10)
      const learnt = new Set(train.map((row) => groups[row]))
      assert.ok(test.every((row) => !learnt.has(groups[row] as string)))
    }
  })

  it('makes folds of nearly one size', () => {
    const sizes = groupedFolds(groups, { folds: 3, seed: 1 }).map(({ test }) => test.length)
    assert.deepEqual(sizes.sort(), [3, 3, 4])
    const skewed = ['a', 'b', 'c', 'd', 'e', 'f', ...'gggggg']
    for (const seed of [1, 2, 3]) {
      const halves = groupedFolds(skewed, { folds: 2, seed }).map(({ test }) => test.length)
      assert.deepEqual(halves, [6, 6])
    }
  })

  it('follows the seed', () => {
    const of = (seed: number): string => JSON.stringify(groupedFolds(groups, { folds: 3, seed }))
    assert.equal(of(1), of(1))
    assert.ok(new Set([1, 2, 3, 4, 5].map(of)).size > 1)
  })

  it('refuses fewer groups than folds', () => {
    refuses(
      () => groupedFolds(['a', 'a', 'b'], { folds: 3, seed: 1 }),
      'too-little-data',
      /3 folds of 2 groups/,
    )
  })
})

describe('leaveOneGroupOut', () => {
  it('leaves out each group in turn', () => {
    assert.deepEqual(leaveOneGroupOut([7, 8, 7]), [
      { group: 7, train: [1], test: [0, 2] },
      { group: 8, train: [0, 2], test: [1] },
    ])
  })

  it('refuses a single group', () => {
    refuses(() => leaveOneGroupOut(['a', 'a']), 'too-little-data', /1 groups/)
  })
})
