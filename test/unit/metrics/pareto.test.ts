import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { paretoFront } from '../../../src/metrics/pareto.ts'
import { refuses } from '../regress/close.ts'

describe('paretoFront', () => {
  it('keeps what nothing beats, and both of two equals', () => {
    const front = paretoFront([1, 2, 2, 3, 1, 4, 2], [5, 7, 7, 6, 4, 8, 6])
    assert.deepEqual([...front], [1, 1, 1, 0, 0, 1, 0])
  })

  it('refuses unknown costs', () => {
    refuses(() => paretoFront([1, Number.NaN], [1, 2]), 'data-malformed', /row 1 holds NaN/)
  })
})
