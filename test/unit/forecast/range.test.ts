import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { conformalQuantile, exceedance, rangeOf, sortedRange } from '../../../src/forecast/range.ts'
import { noiseAt, noiseSequence } from '../../../src/forecast/run-noise.ts'
import { seededRandom } from '../../../src/regress/random.ts'

const numbers = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1)

describe('a conformal quantile', () => {
  it('is the ⌈p (n + 1)⌉-th outcome above the middle, and the mirror of it below', () => {
    assert.equal(conformalQuantile(numbers(9), 0.9), 9)
    assert.equal(conformalQuantile(numbers(9), 0.1), 1)
    assert.equal(conformalQuantile(numbers(19), 0.8), 16)
    assert.equal(conformalQuantile(numbers(99), 0.9), 90)
    assert.equal(conformalQuantile(numbers(99), 0.1), 10)
    assert.deepEqual([conformalQuantile(numbers(100), 0.9), conformalQuantile(numbers(100), 0.1)], [91, 10])
  })

  it('has the median in the middle', () => {
    assert.equal(conformalQuantile(numbers(5), 0.5), 3)
    assert.equal(conformalQuantile(numbers(4), 0.5), 2.5)
  })

  it('is the last outcome where there are too few to tell', () => {
    assert.deepEqual(
      [0.1, 0.5, 0.8, 0.9].map((p) => conformalQuantile(numbers(1), p)),
      [1, 1, 1, 1],
    )
    assert.deepEqual(
      [0.1, 0.9].map((p) => conformalQuantile(numbers(3), p)),
      [1, 3],
    )
  })

  it('covers the next outcome as often as it promises', () => {
    const random = seededRandom(2)
    let inside = 0
    for (let trial = 0; trial < 4000; trial++) {
      const sorted = Float64Array.from({ length: 19 }, random.normal).sort()
      const next = random.normal()
      if (next >= conformalQuantile(sorted, 0.1) && next <= conformalQuantile(sorted, 0.9)) inside++
    }
    assert.ok(Math.abs(inside / 4000 - 0.8) < 0.02, `${inside / 4000}`)
  })
})

describe('a range', () => {
  it('is made of outcomes in any order, which stay as they are', () => {
    const sample = Float64Array.of(3, 1, 2)
    assert.deepEqual(rangeOf(sample), { mean: 2, p10: 1, p50: 2, p80: 3, p90: 3 })
    assert.deepEqual([...sample], [3, 1, 2])
    assert.deepEqual(rangeOf(sample), sortedRange(sample.toSorted()))
  })
})

describe('the probability of more than a limit', () => {
  it('is the share of outcomes above it, never 0 or 1', () => {
    assert.equal(exceedance(numbers(9), 100), 0.05)
    assert.equal(exceedance(numbers(9), 0), 0.95)
    assert.equal(exceedance(numbers(9), 4), 0.55)
  })
})

describe('the noise between runs', () => {
  const noise = noiseSequence(400, 0.6)
  const mean = (of: (one: (typeof noise)[number]) => number) =>
    noise.reduce((sum, one) => sum + of(one), 0) / noise.length

  it('is standard normal with the correlation asked for', () => {
    for (const kind of ['output', 'total'] as const) {
      assert.ok(Math.abs(mean((one) => one[kind])) < 0.05)
      assert.ok(Math.abs(mean((one) => one[kind] ** 2) - 1) < 0.1)
    }
    assert.ok(Math.abs(mean(({ output, total }) => output * total) - 0.6) < 0.05)
  })

  it('is the same every time, and its start does not depend on its length', () => {
    assert.deepEqual(noiseSequence(5, 0.6), noise.slice(0, 5))
    assert.deepEqual(noiseAt(4, 0.6), noise[4])
  })

  it('is one and the same where output and total always move together', () => {
    for (const { output, total } of noiseSequence(20, 1)) assert.equal(output, total)
  })
})
