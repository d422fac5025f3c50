import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GRAM_BUCKETS, gramsOf } from '../../../src/features/grams.ts'

const total = (text: string) => [...gramsOf(text).values()].reduce((sum, count) => sum + count, 0)

describe('the pieces of words', () => {
  it('are four characters long, the edges of the word included', () => {
    assert.equal(total('ordered'), ' ordered '.length - 3)
    assert.equal(total('to'), 1)
    assert.equal(total('a'), 0)
  })

  it('do not depend on capitals and punctuation', () => {
    assert.deepEqual(gramsOf('Query, SETS!'), gramsOf('query sets'))
  })

  it('are counted', () => {
    assert.deepEqual([...gramsOf('to to to').values()], [3])
  })

  it('fall into buckets', () => {
    for (const bucket of gramsOf('some words of an issue, größer 😀').keys())
      assert.ok(bucket >= 0 && bucket < GRAM_BUCKETS)
  })

  it('are taken from the first 12,000 characters', () => {
    const text = 'word '.repeat(2400)
    assert.deepEqual(gramsOf(`${text} and more`), gramsOf(text))
  })
})
