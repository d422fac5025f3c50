import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { quantity } from '../../../../src/sandbox/kubernetes/quantity.ts'

describe('a quantity', () => {
  it('is read as Kubernetes writes it', () => {
    const read = ['1500m', '2', '16Gi', '500k', '2e3', '0.5', '250u', '24567132Ki'].map(quantity)
    assert.deepEqual(read, [1.5, 2, 16 * 2 ** 30, 500_000, 2000, 0.5, 0.00025, 24567132 * 1024])
  })

  it('is none where it is missing or no number', () => {
    assert.deepEqual([undefined, '', 'many', '5 cores', '1Zi'].map(quantity), [0, 0, 0, 0, 0])
  })
})
