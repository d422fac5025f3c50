import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { estimateMarkdown } from '../../src/report/estimate-markdown.ts'
import type { EstimateDocument } from '../../src/report/estimate-notes.ts'
import { estimateText } from '../../src/report/estimate-text.ts'
import { freePrice, type Made, madeEstimate, priceAt, unknownPrice } from '../fixtures/estimates.ts'
import { golden } from '../fixtures/golden.ts'

const TITLE = 'QuerySet.only() after select_related() crash on proxy models'

function document(more: Partial<Made> = {}, budgetUsd: number | null = null): EstimateDocument {
  const at = (made: Made, price = priceAt(1.25, 10, 0.125)) =>
    madeEstimate({ ...made, ...more }, price, budgetUsd)
  return {
    id: null,
    title: TITLE,
    repository: 'django/django',
    commit: '876e0c1f4a3b5d7e9012876e0c1f4a3b5d7e9012',
    unread: 0,
    forecasts: [
      at({ model: 'gpt-5', total: 820_000, output: 19_000 }),
      at(
        { model: 'claude-sonnet-4-5', total: 2_750_000, output: 23_500, resolved: 0.71 },
        priceAt(3, 15, 0.3),
      ),
      at({
        model: 'qwen3-coder',
        total: 95_000,
        output: 4_100,
        resolved: 0.55,
        facts: { cacheReadShare: null },
      }),
    ],
  }
}

const noRepository = (): EstimateDocument => ({
  ...document({ regime: 'issue' }),
  repository: null,
  commit: null,
})

/** Every kind of thing that is not known, at once and apart. */
const strangers = (budgetUsd: number | null): EstimateDocument => ({
  ...document(),
  unread: 1,
  forecasts: [
    madeEstimate(
      { model: 'gpt-5', agent: 'my-agent', kinship: 'other-agent', total: 820_000, output: 19_000 },
      priceAt(1.25, 10),
      budgetUsd,
    ),
    madeEstimate(
      {
        model: 'house-model',
        agent: 'my-agent',
        kinship: 'unseen',
        familiar: false,
        resolved: null,
        total: 1.1e6,
        output: 2e4,
      },
      unknownPrice('house-model'),
      budgetUsd,
    ),
    madeEstimate(
      {
        model: 'ollama/tiny',
        agent: 'my-agent',
        kinship: 'unseen',
        resolved: null,
        total: 1.1e6,
        output: 2e4,
      },
      freePrice,
      budgetUsd,
    ),
  ],
})

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

describe('an estimate for people', () => {
  for (const columns of [80, 60, 40]) {
    it(`fits ${columns} columns`, () => {
      const text = estimateText(document(), { columns, budgetUsd: null })
      assert.ok(widest(text) <= columns, text)
      golden(`estimate-${columns}.txt`, text)
    })

    it(`fits ${columns} columns with a budget and with strangers`, () => {
      const text = estimateText(strangers(2), { columns, budgetUsd: 2 })
      assert.ok(widest(text) <= columns, text)
      golden(`estimate-strangers-${columns}.txt`, text)
    })
  }

  it('says that no repository was read, and what to do', () => {
    golden('estimate-no-repository.txt', estimateText(noRepository(), { columns: 80, budgetUsd: null }))
  })

  it('tells the probability of more than the budget', () => {
    golden('estimate-budget.txt', estimateText(document({}, 0.35), { columns: 80, budgetUsd: 0.35 }))
  })

  it('says so when it is of the mean of some runs', () => {
    golden(
      'estimate-mean-of-4.txt',
      estimateText(document({ meanOf: 4, regime: 'new' }), { columns: 100, budgetUsd: null }),
    )
  })

  it('shows text of others on one line', () => {
    const forecasts = [
      madeEstimate({ model: 'a\nb', agent: 'x\r\n  y', total: 1e6, output: 1e4 }, priceAt(1, 1)),
    ]
    const lines = estimateText(
      { ...document(), title: `A\ttitle\n\n${'long '.repeat(40)}`, forecasts },
      { columns: 60, budgetUsd: null },
    ).split('\n')
    assert.match(lines[0] ?? '', /^A title long .*…$/)
    assert.match(lines[1] ?? '', /one run of x y$/)
    assert.match(lines[4] ?? '', /^a b /)
  })

  it('has nothing to say for no model', () => {
    assert.equal(
      estimateText({ ...document(), forecasts: [] }, { columns: 80, budgetUsd: null }),
      'no model to forecast for\n',
    )
  })
})

describe('an estimate in Markdown', () => {
  it('is a table with its reasons', () => {
    golden('estimate.md', estimateMarkdown(document(), null))
    golden('estimate-budget.md', estimateMarkdown(document({ familiar: false }, 0.35), 0.35))
    golden('estimate-strangers.md', estimateMarkdown(strangers(2), 2))
  })

  it('lets no text of others take effect', () => {
    const hostile = '# <img src=x> @team [a](http://b) | `c` **d** ~~e~~ &amp; <!-- f'
    const forecasts = [madeEstimate({ model: `${hostile}\n\n- g`, total: 1e6, output: 1e4 }, priceAt(1, 1))]
    golden(
      'estimate-hostile.md',
      estimateMarkdown({ ...document(), title: `1. x\n${hostile}`, forecasts }, null),
    )
  })
})

describe('an estimate for programs', () => {
  it('holds every figure, and null with a reason for what is not known', () => {
    const { forecasts } = strangers(2)
    golden(
      'estimate.json',
      `${JSON.stringify([document().forecasts[0], forecasts[1], forecasts[2]], null, 2)}\n`,
    )
  })
})
