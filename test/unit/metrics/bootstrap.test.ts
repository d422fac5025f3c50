import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KnownError } from '../../../src/errors.ts'
import { bootstrapInterval } from '../../../src/metrics/bootstrap.ts'
import reference from '../../fixtures/regress/reference.json' with { type: 'json' }
import { close, refuses } from '../regress/close.ts'

const { values, groups, ...expected } = reference.bootstrap
const average = (rows: readonly number[]): number => {
  return rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length
}
const params = { rows: values.length, seed: 3, resamples: 500, level: 0.9 }

describe('bootstrapInterval', () => {
  it('has the percentiles of the same resamples drawn in Python', () => {
    const { low, high, estimate } = bootstrapInterval(average, params)
    close([low, high], expected.rows, 1e-12)
    close([estimate], [values.reduce((sum, value) => sum + value, 0) / values.length], 1e-15)
  })

  it('draws whole clusters when rows are grouped', () => {
    const { low, high } = bootstrapInterval(average, { ...params, groups })
    close([low, high], expected.clusters, 1e-12)
    const numbered = groups.map((group) => 200 - group.charCodeAt(0))
    assert.deepEqual(bootstrapInterval(average, { ...params, groups: numbered }).low, low)
  })

  it('leaves out a few resamples on which the statistic is undefined, but not many', () => {
    const failing = (share: number) => {
      let calls = 0
      return bootstrapInterval((rows) => {
        calls++
        if (calls % 100 > 100 - share) throw new KnownError('too-little-data', 'constant')
        return average(rows)
      }, params)
    }
    assert.ok(Number.isFinite(failing(4).low))
    refuses(() => failing(10), 'too-little-data', /undefined on 45 of 500/)
  })

  it('passes on any other failure', () => {
    const broken = (): number => {
      throw new TypeError('a bug')
    }
    assert.throws(() => bootstrapInterval(broken, params), TypeError)
  })

  it('refuses a single cluster, and groups for other rows', () => {
    const one = values.map(() => 'a')
    refuses(() => bootstrapInterval(average, { ...params, groups: one }), 'too-little-data', /1 clusters/)
    refuses(
      () => bootstrapInterval(average, { ...params, groups: ['a'] }),
      'data-malformed',
      /1 groups for 12/,
    )
    refuses(() => bootstrapInterval(average, { ...params, level: 95 }), 'data-malformed', /level 95/)
  })
})
