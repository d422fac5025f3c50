import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../../src/regress/random.ts'
import { agreementOf } from '../../../../src/report/plan/agreement.ts'
import type { Rows } from '../../../../src/report/plan/recorded.ts'

/** Two systems with tasks whose true rates correlate with `r`. */
function drawn(r: number, tasks: number, repeats: number): readonly [Rows, Rows] {
  const random = seededRandom(9)
  const rates = Array.from({ length: tasks }, () => {
    const own = random.uniform() < 0.5 ? 0.15 : 0.85
    const other = random.uniform() < r ? own : random.uniform() < 0.5 ? 0.15 : 0.85
    return [own, other] as const
  })
  const rows = (system: 0 | 1): Rows => ({
    values: Float64Array.from({ length: tasks * repeats }, (_, i) =>
      random.uniform() < (rates[Math.floor(i / repeats)]?.[system] as number) ? 1 : 0,
    ),
    codes: Int32Array.from({ length: tasks * repeats }, (_, i) => Math.floor(i / repeats)),
  })
  return [rows(0), rows(1)]
}

describe('how far two systems agree on what is hard', () => {
  it('is told without the chance that is in a few repeats', () => {
    for (const r of [0.4, 0.8]) {
      const found = agreementOf(...drawn(r, 2000, 3)) as number
      assert.ok(Math.abs(found - r) < 0.06, `${found} of ${r}`)
    }
  })

  it('is all there can be where the true rates are the same, and none where they have nothing in common', () => {
    assert.ok((agreementOf(...drawn(1, 2000, 3)) as number) > 0.95)
    assert.ok((agreementOf(...drawn(0, 2000, 3)) as number) < 0.06)
  })

  it('is not told of single runs, of few tasks in common, or where all may be chance', () => {
    assert.equal(agreementOf(...drawn(0.8, 2000, 1)), null)
    assert.equal(agreementOf(...drawn(0.8, 19, 5)), null)
    const [a, b] = drawn(0.8, 40, 5)
    assert.equal(agreementOf(a, { ...b, codes: b.codes.map((code) => code + 40) }), null)
    assert.equal(agreementOf(a, { ...b, values: b.values.map((_, i) => i % 2) }), null)
  })
})
