import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { planLiveText } from '../../src/report/plan-run/plan-live-text.ts'
import { planRunDocument, type SpendForecast } from '../../src/report/plan-run/plan-run-document.ts'
import { endedLine, planAheadText, planRunText } from '../../src/report/plan-run/plan-run-text.ts'
import { madeRecord } from '../fixtures/attempts.ts'
import { golden } from '../fixtures/golden.ts'

const FORECAST: SpendForecast = {
  usd: { mean: 1.5, p10: 0.5, p50: 1.2, p80: 2, p90: 3 },
  totalTokens: { mean: 2e6, p10: 5e5, p50: 1.5e6, p80: 3e6, p90: 4e6 },
  from: '3 forecasts',
}
const UNKNOWN: SpendForecast = { usd: null, totalTokens: null, from: 'not known' }

const KEYS = ['lost-rows', 'slow-sort', 'wrong-total', 'late-mail', 'odd-dates', 'big-files'].map(
  (task) => `${task} · builtin · gpt-5 · task · 1`,
)
const [ROWS = '', SORT = '', TOTAL = '', MAIL = '', DATES = '', FILES = ''] = KEYS

const infra = (planned: string, more: Parameters<typeof madeRecord>[1] = {}) =>
  madeRecord(planned, { outcome: 'infra-error', infraReason: 'the memory was used up: 1 OOM kill', ...more })

const RECORDS = [
  madeRecord(ROWS),
  madeRecord(SORT, { outcome: 'failed' }),
  infra(TOTAL),
  madeRecord(TOTAL, { place: 2 }),
  madeRecord(MAIL, { outcome: 'budget-exhausted' }),
  infra(DATES, { spent: null }),
  infra(FILES, { interrupted: true, infraReason: 'the run was stopped', spent: null }),
]

const told = (more: Partial<Parameters<typeof planRunDocument>[0]> = {}) => ({
  ...{ id: '20261120-120000-abcdef', plan: '/plans/plan.yaml', store: 'store.db', replayed: false },
  ...{ planned: KEYS, left: 'it was interrupted', forecast: FORECAST },
  ...more,
})

describe('a plan that was run', () => {
  it('is told run by run, with actual beside forecast, and what is left', () => {
    golden('plan-run.txt', planRunText(planRunDocument(told(), RECORDS), 100))
  })

  it('is told by system where it is large', () => {
    const keys = Array.from({ length: 40 }, (_, i) => `t-${i} · builtin · gpt-5 · 1 · 1`)
    const records = keys.map((key, i) =>
      madeRecord(key, {
        multiplier: i % 2 === 0 ? 1 : 'uncapped',
        outcome: i % 3 === 0 ? 'failed' : 'resolved',
      }),
    )
    const document = planRunDocument(told({ planned: keys, left: null, forecast: UNKNOWN }), records)
    golden('plan-run-large.txt', planRunText(document, 100))
  })

  it('is a document in which every attempt is counted once', () => {
    const document = planRunDocument(told(), RECORDS)
    assert.deepEqual(document.outcomes, {
      ...{ resolved: 2, failed: 1, 'budget-exhausted': 1, 'timed-out': 0, 'infra-error': 1 },
    })
    assert.deepEqual([document.attempts, document.infraErrors, document.interrupted], [7, 2, 1])
    assert.deepEqual(document.actual, {
      ...{ calls: 10, totalTokens: 15_000, outputTokens: 500, atLeast: true, usd: '1.25' },
    })
    assert.equal(document.results.length, 5)
    assert.equal(document.results.find(({ planned }) => planned === TOTAL)?.attempts, 2)
  })

  it('costs nobody knows what where a price is not known', () => {
    const spent = { calls: 1, totalTokens: 10, outputTokens: 1, atLeast: false, usd: null }
    const document = planRunDocument(told(), [madeRecord(ROWS), madeRecord(SORT, { spent })])
    assert.equal(document.actual.usd, null)
    assert.match(planRunText(document, 100), /\ncost +unknown /)
  })

  it('is told of before it starts, while it runs, and of each run that ends', () => {
    const ahead = {
      ...{ runs: 6, what: '6 tasks × builtin × gpt-5', where: 'local, 2 at once', forecast: FORECAST },
      ...{ budget: '$5 for all runs', replayed: false },
    }
    const live = planLiveText({
      ...{ planned: 6, records: RECORDS.slice(0, 5), forecast: FORECAST, columns: 100 },
      running: [{ planned: DATES, costUsd: '0.05', seconds: 12 }],
      sinceStart: { ended: 5, ms: 60_000 },
    })
    const lines = RECORDS.slice(0, 3).map((record, i) => endedLine(record, `${i + 1}/6`))
    golden('plan-run-live.txt', `${planAheadText(ahead, 100)}\n${live}\n${lines.join('\n')}\n`)
  })
})
