import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { remembered } from '../../../src/gateway/cassette/remembered.ts'

describe('a function that remembers', () => {
  it('is asked once for a long text, and again only when much else was asked for', () => {
    const asked: string[] = []
    const twice = remembered((text) => {
      asked.push(text.slice(0, 1))
      return text + text
    })
    const [a, b] = ['a'.repeat(200), 'b'.repeat(200)]
    assert.deepEqual([twice(a), twice(b), twice(a)], [a + a, b + b, a + a])
    assert.deepEqual(asked, ['a', 'b'])
    for (let n = 0; n < 20; n++) twice(String(n).padEnd(1_000_000))
    twice(a)
    assert.equal(asked.at(-1), 'a')
  })
})
