import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeFeatures, encodeFeatures } from '../../src/features/feature-code.ts'
import { type DenseGroup, EXTRACTORS, type Features, featureNames } from '../../src/features/features.ts'
import { GRAM_BUCKETS } from '../../src/features/grams.ts'

const groups = Object.keys(EXTRACTORS) as DenseGroup[]
const value = fc.option(fc.float({ noNaN: true }))
const bag = fc
  .array(fc.tuple(fc.nat(GRAM_BUCKETS - 1), fc.integer({ min: 1, max: 2_000_000 })), { maxLength: 80 })
  .map((entries) => new Map(entries.sort(([a], [b]) => a - b)))
const features: fc.Arbitrary<Features> = fc.record({
  dense: fc.record(
    Object.fromEntries(
      groups.map((group) => {
        const { length } = featureNames(group)
        return [group, fc.array(value, { minLength: length, maxLength: length })]
      }),
    ),
  ) as unknown as fc.Arbitrary<Features['dense']>,
  bags: fc.record({ text: bag, title: bag }),
  repository: fc.boolean(),
  fingerprint: fc.option(fc.stringMatching(/^[0-9a-f]{16}$/)),
})

const parts = (features: Features | null) => [
  groups.map((group) => features?.dense[group]),
  [...(features?.bags.text ?? [])],
  [...(features?.bags.title ?? [])],
  features?.repository,
  features?.fingerprint,
]

describe('features as bytes', () => {
  it('are the features again, to the precision of 32 bits', () =>
    fc.assert(
      fc.property(features, (given) => {
        assert.deepEqual(parts(decodeFeatures(encodeFeatures(given))), parts(given))
      }),
    ))

  it('are nothing where they are of another version, cut off before the words, or no features at all', () =>
    fc.assert(
      fc.property(features, fc.uint8Array(), (given, noise) => {
        const code = encodeFeatures(given)
        const other = Uint8Array.from(code, (byte, i) => (i === 0 ? byte ^ 1 : byte))
        for (const wrong of [other, code.slice(0, 20), noise]) assert.equal(decodeFeatures(wrong), null)
      }),
    ))
})
