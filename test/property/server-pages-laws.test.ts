import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createContext, Script } from 'node:vm'
import fc from 'fast-check'
import { shortTime } from '../../src/report/run-bill-text.ts'
import { againstRange } from '../../src/server/pages/against-range.ts'
import { calibrationView } from '../../src/server/pages/calibration-view.ts'
import { LIVE_SCRIPT } from '../../src/server/pages/live-script.ts'
import { html } from '../../src/server/pages/markup.ts'
import { rangeMark } from '../../src/server/pages/range-mark.ts'
import { spanChart } from '../../src/server/pages/span-chart.ts'
import { OUTCOMES } from '../../src/trajectory/run.ts'
import { shortTokens, shortUsd } from '../../src/units.ts'
import { skeleton } from '../fixtures/markup-skeleton.ts'
import { aboutOf } from '../fixtures/pages.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'<>"\'&/=`$!- a\n\u202e\ud800') }),
)
const amount = fc.double({ min: 1e-6, max: 1e12, noNaN: true })
const range = fc
  .tuple(amount, amount, amount)
  .map((three) => three.toSorted((a, b) => a - b) as [number, number, number])

describe('a template', () => {
  it('has the elements and attributes that are written in it, whatever text is put in', () => {
    const page = (text: string) =>
      html`<p title="${text}">${text}<a href="/${text}">${[text, html`<b>${text}</b>`]}</a></p>`.markup
    const expected = skeleton(page('x'))
    fc.assert(fc.property(anyText, (text) => assert.deepEqual(skeleton(page(text)), expected)))
  })
})

describe('the script of pages', () => {
  it('writes figures as the pages do', () => {
    const context = createContext({})
    new Script(`${LIVE_SCRIPT}\nglobalThis.words = { shortTokens, shortUsd, shortTime }`).runInContext(
      context,
    )
    const words = context.words as {
      readonly shortTokens: (count: number) => string
      readonly shortUsd: (usd: number) => string
      readonly shortTime: (seconds: number) => string
    }
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.double({ min: 0, max: 1e6, noNaN: true }), (count, real) => {
        assert.equal(words.shortTokens(count), shortTokens(count))
        assert.equal(words.shortUsd(real), shortUsd(real))
        assert.equal(words.shortTime(count), shortTime(count))
      }),
    )
  })
})

describe('a mark of a run beside its range', () => {
  it('lies in its picture, and in the bar exactly where the run is inside', () => {
    fc.assert(
      fc.property(range, amount, ([p10, p50, p90], actual) => {
        const { markup } = rangeMark({ actual, p10, p50, p90 }, 'w') ?? { markup: '' }
        const { place } = againstRange({ actual, p10, p50, p90 }, { outcome: null, incomplete: false })
        const [, at] = /cx="([\d.]+)"/.exec(markup) ?? []
        if (at === undefined) return assert.notEqual(place, 'inside')
        const x = Number(at)
        assert.ok(x >= 0 && x <= 120)
        // Marks are to a tenth of a pixel.
        if (place === 'inside') assert.ok(x >= 36 && x <= 84)
        else assert.ok(place === 'below' ? x <= 36 : x >= 84)
      }),
    )
  })
})

describe('a chart of ranges', () => {
  it('keeps every bar within its picture, and none is of negative width', () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), fc.option(amount), (spans, budget) => {
        const rows = spans.map(([low, middle, high]) => ({
          name: 'm',
          span: { low, middle, high },
          text: 't',
        }))
        const rule = budget === null ? null : { at: budget, label: 'budget' }
        const { markup } = spanChart({
          id: 'c',
          title: 't',
          axis: { title: 'USD', scale: 'log' },
          mark: 'range',
          rows,
          rule,
        })
        const percents = [...markup.matchAll(/ (?:x|x1|x2|width)="(-?[\d.]+)%"/g)].map(([, at]) => Number(at))
        assert.ok(percents.length > spans.length)
        assert.ok(percents.every((at) => at >= 0 && at <= 100))
        assert.doesNotMatch(markup, /NaN|Infinity/)
      }),
    )
  })
})

describe('calibration', () => {
  const row = fc.record({
    startedAt: fc
      .date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    agent: fc.constant('a'),
    model: fc.constantFrom('m', 'n'),
    repository: fc.constantFrom('r', 's', null),
    outcome: fc.constantFrom(...OUTCOMES, null),
    incomplete: fc.boolean(),
    totalTokens: fc
      .tuple(range, fc.option(amount))
      .map(([[p10, p50, p90], actual]) => ({ actual, p10, p50, p90 })),
    costUsd: fc.constant({ actual: null, p10: null, p50: null, p90: null }),
  })

  it('counts every run once: in a week, in a model, in a repository, or among those left out', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const view = calibrationView({
          about: aboutOf((text) => text),
          since: '',
          calibration: { rows, cut: false },
        })
        const left = view.leftOut.reduce((sum, { runs }) => sum + runs, 0)
        const counted = rows.length - left
        assert.equal(view.all?.runs ?? 0, counted)
        for (const groups of [
          view.weeks,
          view.models,
          view.repositories,
          [view.drift.recent, view.drift.before],
        ]) {
          assert.equal(
            groups.reduce((sum, { runs }) => sum + runs, 0),
            counted,
          )
        }
        for (const { runs, inside, below, above } of view.models) assert.equal(inside + below + above, runs)
      }),
    )
  })
})
