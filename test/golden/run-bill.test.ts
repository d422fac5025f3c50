import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LiveRun } from '../../src/gateway/runs/live.ts'
import { liveText } from '../../src/report/live-text.ts'
import type { RunBill } from '../../src/report/run-bill.ts'
import { runBillText } from '../../src/report/run-bill-text.ts'
import {
  atLeast,
  exactly,
  madeBill,
  madeForecast,
  madeLimit,
  madeLive,
  madeTokens,
} from '../fixtures/bills.ts'
import { golden } from '../fixtures/golden.ts'

const COUNTS = { strict: 0, lenient: 0, guess: 0, again: 0, missed: 0, left: 0 }
const SONNET = 'claude-sonnet-4-5-20250929'
const NO_PRICE = { costUsd: null, costReason: 'genai-prices 0.1.8 lists no price for house-model' }
const CUT = { input: exactly(1586), output: atLeast(310), costUsd: null }

/** What a run can come to, each with all that it changes in the bill. */
const BILLS: Readonly<Record<string, RunBill>> = {
  forecast: madeBill(),
  'no-task': madeBill({ forecast: null, forecastReason: 'no task was named', store: null }),
  'other-model': madeBill({ forecast: madeForecast('claude-sonnet-4-5'), exit: 3 }),
  capped: madeBill({
    caps: [
      madeLimit('calls', '40'),
      madeLimit('outputTokens', '50000'),
      madeLimit('totalTokens', '2000000'),
      madeLimit('weighted', '200000', { spent: '14031' }),
      madeLimit('usd', '2.00'),
      madeLimit('usd', '20.00', { group: 'this gateway', text: '$3.4028 of $20.00' }),
    ],
    maxSeconds: 1800,
  }),
  'over-budget': madeBill({
    outcome: 'budget-exhausted',
    exit: 1,
    caps: [madeLimit('totalTokens', '20000')],
  }),
  models: madeBill({
    models: [
      { model: SONNET, ...madeTokens({ cacheRead: exactly(1_315_500), costUsd: '1.2300' }) },
      { model: 'claude-haiku-4-5-20251001', ...madeTokens({ costUsd: '0.0011' }) },
      { model: null, ...madeTokens({ calls: exactly(1), costUsd: null, costReason: 'no model was told' }) },
    ],
    actual: madeTokens({
      ...{ calls: exactly(9), cacheRead: exactly(1_341_810) },
      ...{ costUsd: null, costReason: 'no model was told' },
    }),
    forecast: null,
    forecastReason: `none was made for ${SONNET}`,
  }),
  'long-names': madeBill({
    models: ['', '-mini'].map((size) => ({
      model: `openrouter/a-house/a-model-with-a-name-that-is-long${size}`,
      ...madeTokens({}),
    })),
  }),
  'unknown-price': madeBill({
    models: [{ model: 'house-model', ...madeTokens(NO_PRICE) }],
    actual: madeTokens(NO_PRICE),
    forecast: { ...madeForecast('house-model'), costUsd: null, calls: null },
  }),
  'unknown-usage': madeBill({
    models: [{ model: 'gpt-5', ...madeTokens(CUT) }],
    actual: madeTokens({ ...CUT, costReason: 'the number of output tokens is not known' }),
    exit: null,
    signal: 'SIGTERM',
  }),
  replayed: madeBill({ replayed: { ...COUNTS, strict: 1, lenient: 3, again: 1, left: 2 } }),
  guessed: madeBill({ replayed: { ...COUNTS, guess: 4, missed: 1 }, exit: 1 }),
  unseen: madeBill({
    models: [],
    actual: madeTokens({
      ...{ calls: exactly(0), input: exactly(0), cacheRead: exactly(0), cacheWrite5m: exactly(0) },
      ...{ output: exactly(0), costUsd: '0.00' },
    }),
    forecast: null,
    forecastReason: 'no task was named',
  }),
}

describe('the bill of a run', () => {
  for (const [name, bill] of Object.entries(BILLS)) {
    for (const columns of [80, 60]) {
      it(`looks as it did in ${columns} columns: ${name}`, () => {
        const text = runBillText(bill, columns)
        for (const line of text.split('\n')) assert.ok(line.length <= columns, line)
        golden(`run-bill/${name}-${columns}.txt`, text)
      })
    }
  }

  it('shows a name of a model in one line', () => {
    const [model] = madeBill().models
    assert.ok(model)
    const text = runBillText(madeBill({ models: [{ ...model, model: 'a\nb\r\n  c' }] }), 80)
    assert.match(text, /^a b c +actual/)
  })
})

const LIVE: Readonly<Record<string, readonly LiveRun[]>> = {
  none: [],
  runs: [
    madeLive(),
    madeLive({
      task: null,
      models: [SONNET, 'claude-haiku-4-5-20251001'],
      tokens: { ...madeLive().tokens, output: atLeast(310), total: atLeast(164_660) },
      costUsd: null,
      inFlight: 0,
      limits: [madeLimit('usd', '2.00', { spent: '0.50' }), madeLimit('calls', '40', { spent: '36' })],
    }),
    madeLive({
      task: null,
      agent: null,
      models: [],
      seconds: 0,
      calls: exactly(0),
      context: null,
      contextGrowth: null,
    }),
    madeLive({ task: 'octo/app#43', outcome: 'budget-exhausted', seconds: 7500, costUsd: '12.34' }),
  ],
}

describe('the runs of a gateway', () => {
  for (const [name, runs] of Object.entries(LIVE)) {
    for (const columns of [120, 80, 60]) {
      it(`look as they did in ${columns} columns: ${name}`, () => {
        const text = liveText(runs, columns)
        for (const line of text.split('\n')) assert.ok(line.length <= columns, line)
        golden(`live/${name}-${columns}.txt`, text)
      })
    }
  }
})
