import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom, shuffled, xoshiro } from '../../../src/regress/random.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }

const sample = (draw: () => number, size = 20_000): number[] => Array.from({ length: size }, draw)
const average = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length

describe('random', () => {
  it('gives the words of an independent xoshiro128**', () => {
    const next = xoshiro([1, 2, 3, 4])
    assert.deepEqual(sample(next, 10), reference.numbers.raw)
  })

  it('gives the same numbers as an independent generator with the same seed', () => {
    assert.deepEqual(sample(seededRandom(7).uniform, 5), reference.numbers.uniform)
  })

  it('gives other numbers for another seed, also for 0 and negative ones', () => {
    const firsts = [-1, 0, 1, 2].map((seed) => seededRandom(seed).uniform())
    assert.equal(new Set(firsts).size, 4)
  })

  it('draws normal numbers with mean 0, variance 1 and 5 % beyond 1.96', () => {
    const values = sample(seededRandom(1).normal)
    assert.ok(Math.abs(average(values)) < 0.03)
    assert.ok(Math.abs(average(values.map((value) => value ** 2)) - 1) < 0.04)
    assert.ok(Math.abs(average(values.map((value) => (Math.abs(value) > 1.96 ? 1 : 0))) - 0.05) < 0.006)
  })

  it('draws every integer below the bound equally often', () => {
    const values = sample(() => seededRandomOf5.integer(5))
    for (const wanted of [0, 1, 2, 3, 4]) {
      assert.ok(Math.abs(values.filter((value) => value === wanted).length - 4000) < 250)
    }
  })

  it('shuffles without losing anything, each order as likely as any other', () => {
    const random = seededRandom(3)
    const orders = Object.groupBy(
      sample(() => 0, 6000).map(() => shuffled('abc', random).join('')),
      (order) => order,
    )
    assert.deepEqual(Object.keys(orders).sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
    for (const seen of Object.values(orders)) assert.ok(Math.abs((seen?.length ?? 0) - 1000) < 130)
  })
})

const seededRandomOf5 = seededRandom(5)
