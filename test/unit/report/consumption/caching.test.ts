import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Rates } from '../../../../src/pricing/rate.ts'
import { cachingBlocks } from '../../../../src/report/consumption/caching.ts'
import {
  figureOf,
  type MadeRow,
  madeSubject,
  onlyField,
  reasonOf,
  rowsOf,
  tableOf,
} from '../../../fixtures/report-subject.ts'
import { close } from '../../regress/close.ts'

const rate = (base: number) => ({ base, tiers: [] })
/** Dollars per million tokens. */
const RATES: Rates = {
  input: rate(10),
  cacheRead: rate(1),
  cacheWrite5m: rate(12.5),
  cacheWrite1h: rate(20),
  output: rate(50),
}

function caching(rows: readonly MadeRow[], rates: Rates | null = RATES) {
  const subject = madeSubject(rows)
  const blocks = cachingBlocks(subject, onlyField(subject), () => rates)
  return blocks.length === 0 ? {} : rowsOf(tableOf(blocks, 'caching'))
}

const RUNS: readonly MadeRow[] = [
  { task: 't-1', input: 1000, cacheRead: 8000, cacheWrite5m: 600, cacheWrite1h: 400, output: 200 },
  { task: 't-2', input: 500, cacheRead: 500, cacheWrite5m: 0, cacheWrite1h: 0, output: 100 },
]

describe('what the cache saves', () => {
  const { 'a · m': row = {} } = caching(RUNS)
  const cached = [1000 * 10 + 8000 + 600 * 12.5 + 400 * 20 + 200 * 50, 500 * 10 + 500 + 100 * 50]
  const full = [10_000 * 10 + 200 * 50, 1000 * 10 + 100 * 50]
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length / 1e6

  it('is the share of all input that is read from it', () => {
    assert.equal(row.runs, 2)
    close([figureOf(row.cache_read_share)], [8500 / 11_000])
  })

  it('is the bill by class against all input at the full rate', () => {
    close(
      [figureOf(row.cost_usd_with_cache), figureOf(row.cost_usd_without_cache)],
      [mean(cached), mean(full)],
    )
    close([figureOf(row.saved)], [1 - mean(cached) / mean(full)])
  })

  it('may be a loss, where more is written than read', () => {
    const { 'a · m': loss = {} } = caching([
      { task: 't', input: 0, cacheRead: 0, cacheWrite1h: 1000, output: 0 },
    ])
    close([figureOf(loss.saved)], [-1])
  })

  it('never saves or reads more than all, whatever the intervals', () => {
    for (const cell of [row.saved, row.cache_read_share]) {
      assert.ok(typeof cell === 'object' && 'high' in cell && (cell.high ?? 2) <= 1, JSON.stringify(cell))
    }
  })

  it('is not priced where the model, or a class that was used, has no price', () => {
    assert.equal(reasonOf(caching(RUNS, null)['a · m']?.saved), 'no price is known')
    assert.equal(
      reasonOf(caching(RUNS, { ...RATES, cacheWrite1h: null })['a · m']?.saved),
      'a class has no price',
    )
    const { 'a · m': unused = {} } = caching(RUNS.slice(1), { ...RATES, cacheWrite1h: null })
    close([figureOf(unused.cost_usd_with_cache)], [(cached[1] as number) / 1e6])
    assert.equal(
      reasonOf(caching([{ task: 't', input: 0, cacheRead: 0, output: 0 }])['a · m']?.saved),
      'no token was used',
    )
  })

  it('is told of systems only whose source splits it off, and of whole counts', () => {
    assert.deepEqual(caching([{ task: 't', input: 10, output: 1 }]), {})
    const { 'a · m': some = {} } = caching([
      ...RUNS,
      { task: 't-3', input: 10, output: 1 },
      { task: 't-4', input: 10, cacheRead: 5, output: 1, incomplete: true },
    ])
    assert.equal(some.runs, 2)
  })
})
