import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeFeatures, encodeFeatures } from '../../src/features/feature-code.ts'
import type { Features } from '../../src/features/features.ts'
import { arbitraryFeatures, DENSE_GROUPS } from '../fixtures/arbitrary-features.ts'

const features = arbitraryFeatures({
  value: fc.option(fc.float({ noNaN: true })),
  mostOfOneGram: 2_000_000,
  fingerprint: fc.option(fc.stringMatching(/^[0-9a-f]{16}$/)),
})

const byBucket = (bag: ReadonlyMap<number, number> = new Map()) => [...bag].sort(([a], [b]) => a - b)
const parts = (features: Features | null) => [
  DENSE_GROUPS.map((group) => features?.dense[group]),
  byBucket(features?.bags.text),
  byBucket(features?.bags.title),
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
