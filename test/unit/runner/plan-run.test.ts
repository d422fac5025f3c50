import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_LIMITS } from '../../../src/gateway/budget/limits.ts'
import { limitsLeft, turnsLeft } from '../../../src/runner/plan-run.ts'
import { madeRecord, madeRuns } from '../../fixtures/attempts.ts'

const ORDER = { retries: 1, startMs: 1000, spreadMs: 0 }
const runs = madeRuns({ repeats: 2 })
const key = (i: number): string => runs[i]?.key ?? ''
const infra = (i: number, interrupted = false) =>
  madeRecord(key(i), { outcome: 'infra-error', infraReason: 'it broke', interrupted })

describe('what is left of a plan', () => {
  it('is what has not ended, and what the infrastructure ended less often than it may be tried', () => {
    const ended = [madeRecord(key(0)), madeRecord(key(1), { outcome: 'failed' }), infra(2)]
    const left = turnsLeft(runs, ended, ORDER)
    assert.deepEqual(
      left.map(({ planned, place, failures }) => [planned.key, place, failures]),
      [
        [key(2), 2, 1],
        [key(3), 1, 0],
      ],
    )
    assert.deepEqual(
      turnsLeft(runs, [...ended, infra(2)], ORDER).map(({ planned }) => planned.key),
      [key(3)],
    )
  })

  it('does not count as a try what the end of the runner ended', () => {
    const ended = Array.from({ length: 9 }, () => infra(0, true))
    const [turn] = turnsLeft(runs, ended, ORDER)
    assert.deepEqual([turn?.planned.key, turn?.place, turn?.failures], [key(0), 10, 0])
  })

  it('is spread over the time from the start of the plan, also when it is resumed', () => {
    const left = turnsLeft(runs, [madeRecord(key(1))], { ...ORDER, spreadMs: 4000 })
    assert.deepEqual(
      left.map(({ notBeforeMs }) => notBeforeMs),
      [1000, 3000, 4000],
    )
  })

  it('may spend what is left of the budget, to the last pico-dollar', () => {
    const limits = { ...NO_LIMITS, usd: 1_000_000_000_000n, totalTokens: 10_000, calls: 7 }
    const spent = (usd: string | null) => ({
      calls: 2,
      totalTokens: 3000,
      outputTokens: 100,
      atLeast: false,
      usd,
    })
    const left = limitsLeft(limits, [
      madeRecord(key(0), { spent: spent('0.000000000001') }),
      madeRecord(key(1), { spent: spent(null) }),
      madeRecord(key(2), { spent: null }),
    ])
    assert.deepEqual(left, { ...limits, usd: 999_999_999_999n, totalTokens: 4000, calls: 3 })
    assert.equal(limitsLeft({ ...NO_LIMITS, calls: 2 }, [madeRecord(key(0))]), null)
    assert.deepEqual(limitsLeft(NO_LIMITS, [madeRecord(key(0))]), NO_LIMITS)
  })
})
