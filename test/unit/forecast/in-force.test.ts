import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type BundleInForce,
  bundleBefore,
  type ChangeInForce,
  MOST_HISTORY,
  withChange,
} from '../../../src/forecast/in-force.ts'

const change = (bundle: string, by: ChangeInForce['by'], previous: string | null): ChangeInForce => ({
  ...{ bundle, previous, by, at: '2026-11-20T12:00:00.000Z', forced: false, why: '' },
})

/** As if each was put in force after the other. */
function after(...bundles: readonly string[]): BundleInForce {
  let state: BundleInForce | null = null
  for (const bundle of bundles) state = withChange(state, change(bundle, 'promote', state?.bundle ?? null))
  if (state === null) throw new Error('nothing was put in force')
  return state
}

function rolledBack(state: BundleInForce): BundleInForce | null {
  const before = bundleBefore(state)
  return before === null ? null : withChange(state, change(before, 'rollback', state.bundle))
}

describe('the bundle in force', () => {
  it('has before it what it came in place of, also where that was never written down', () => {
    assert.equal(bundleBefore(after('a')), null)
    assert.equal(bundleBefore(withChange(null, change('b', 'train', 'a'))), 'a')
    assert.equal(bundleBefore(after('a', 'b', 'a')), 'b')
    assert.equal(bundleBefore(after('a', 'b', 'b')), 'a')
  })

  it('goes forth again from where it was rolled back to', () => {
    const back = rolledBack(after('a', 'b', 'c'))
    assert.ok(back !== null)
    const forth = withChange(back, change('d', 'train', 'b'))
    assert.equal(bundleBefore(forth), 'b')
    const twice = rolledBack(forth)
    assert.ok(twice !== null)
    assert.equal(bundleBefore(twice), 'a')
  })

  it('is rolled back through everything that was put in force, one by one, and then no further', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(names, (bundles) => {
        const steps = bundles.filter((bundle, index) => bundle !== bundles[index - 1])
        const seen: string[] = []
        for (let state: BundleInForce | null = after(...bundles); state !== null; state = rolledBack(state))
          seen.unshift(state.bundle)
        assert.deepEqual(seen, steps)
      }),
    )
  })

  it('remembers so many changes, and can be rolled back to the oldest of them', () => {
    let state: BundleInForce | null = after(
      ...Array.from({ length: MOST_HISTORY + 50 }, (_, index) => `b${index}`),
    )
    assert.equal(state.history.length, MOST_HISTORY)
    const seen: string[] = []
    for (; state !== null; state = rolledBack(state)) seen.push(state.bundle)
    assert.ok(seen.length >= MOST_HISTORY / 2)
    seen.forEach((bundle, steps) => {
      assert.equal(bundle, `b${MOST_HISTORY + 49 - steps}`)
    })
  })
})
