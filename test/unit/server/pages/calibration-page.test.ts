import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wilsonInterval } from '../../../../src/metrics/wilson.ts'
import { calibrationPage } from '../../../../src/server/pages/calibration-page.ts'
import { calibrationView } from '../../../../src/server/pages/calibration-view.ts'
import type { CalibrationRow } from '../../../../src/store/read-calibration.ts'
import { readText } from '../../../fixtures/markup-skeleton.ts'
import { aboutOf, calibrationRows } from '../../../fixtures/pages.ts'

const plain = (text: string): string => text
const SINCE = '2026-08-01T00:00:00.000Z'

function shown(rows: readonly CalibrationRow[], cut = false) {
  const view = calibrationView({ about: aboutOf(plain), since: SINCE, calibration: { rows, cut } })
  const page = calibrationPage(view)
  return { view, page, text: readText(page) }
}

const row = (actual: number | null, more: Partial<CalibrationRow> = {}): CalibrationRow => ({
  startedAt: '2026-11-18T10:00:00.000Z',
  agent: 'openhands',
  model: 'gpt-5',
  repository: null,
  outcome: 'resolved',
  incomplete: false,
  totalTokens: { actual, p10: 100, p50: 200, p90: 400 },
  costUsd: { actual: null, p10: null, p50: null, p90: null },
  ...more,
})

const many = (count: number, actual: number, startedAt: string): readonly CalibrationRow[] =>
  Array.from({ length: count }, () => row(actual, { startedAt }))

describe('the view of calibration', () => {
  it('counts below, inside and above, with Wilson’s interval, the error as a factor and the bias', () => {
    const { all } = shown([row(50), row(100), row(400), row(800)]).view
    assert.deepEqual([all?.runs, all?.below, all?.inside, all?.above], [4, 1, 2, 1])
    assert.deepEqual(all?.coverage, { estimate: 0.5, ...wilsonInterval(2, 4) })
    // Factors of a quarter, a half, two and four: half of them are within 2 √2.
    assert.ok(Math.abs((all?.error ?? 0) - 2 * Math.SQRT2) < 1e-9)
    assert.ok(Math.abs((all?.bias ?? 0) - 1) < 1e-9)
  })

  it('leaves out, and counts by why, runs that did not come to their own end or do not tell all', () => {
    const { view, text } = shown([
      row(200),
      row(1e6, { outcome: 'budget-exhausted' }),
      row(10, { outcome: 'timed-out' }),
      row(10, { outcome: 'infra-error' }),
      row(10, { incomplete: true }),
      row(10, { incomplete: true }),
      row(null),
    ])
    assert.equal(view.all?.runs, 1)
    assert.deepEqual(Object.fromEntries(view.leftOut.map(({ reason, runs }) => [reason, runs])), {
      'budget-exhausted': 1,
      'timed-out': 1,
      'infra-error': 1,
      incomplete: 2,
      unknown: 1,
    })
    assert.match(
      text,
      /7 runs were forecast before they began; 6 runs of them are not counted: 1 run: stopped by a budget/,
    )
    assert.match(text, /2 runs: some calls told less than they used/)
  })

  it('has every week from the first to the last, from Monday, also those without a run', () => {
    const { view, text } = shown([
      row(200, { startedAt: '2026-11-01T23:59:59.000Z' }),
      row(200, { startedAt: '2026-11-16T00:00:00.000Z' }),
    ])
    assert.deepEqual(
      view.weeks.map(({ name, runs }) => [name, runs]),
      [
        ['2026-10-26', 1],
        ['2026-11-02', 0],
        ['2026-11-09', 0],
        ['2026-11-16', 1],
      ],
    )
    assert.equal(view.weeks[1]?.coverage, null)
    assert.match(text, /2026-11-09 0 no run – – – –/)
  })

  it('is by model with its agent and by repository, the largest first', () => {
    const { view } = shown([row(200), row(200, { model: 'b', repository: 'o/r' }), row(200, { model: 'b' })])
    assert.deepEqual(
      view.models.map(({ name, runs }) => [name, runs]),
      [
        ['b · openhands', 2],
        ['gpt-5 · openhands', 1],
      ],
    )
    assert.deepEqual(
      view.repositories.map(({ name, runs }) => [name, runs]),
      [
        ['not recorded', 2],
        ['o/r', 1],
      ],
    )
  })

  it('holds cost apart, of runs whose cost and its range are known', () => {
    const costUsd = { actual: 5, p10: 0.1, p50: 0.2, p90: 0.4 }
    const { view, text } = shown([row(200, { costUsd }), row(200)])
    assert.deepEqual([view.cost?.runs, view.cost?.above], [1, 1])
    assert.match(text, /Cost: the range held 0 %/)
    assert.doesNotMatch(shown([row(200)]).text, /Cost:/)
  })

  it('is the same after a way through JSON', () => {
    const { view } = shown(calibrationRows(plain, { days: 60, drifts: true }))
    assert.deepEqual(JSON.parse(JSON.stringify(view)), view)
  })
})

describe('drift', () => {
  const old = '2026-08-03T00:00:00.000Z'
  const late = '2026-11-18T00:00:00.000Z'

  it('is told where chance hardly explains that ranges hold less often, and what to do', () => {
    const { view, text } = shown([...many(40, 200, old), ...many(20, 200, late), ...many(20, 900, late)])
    assert.equal(view.drift.kind, 'worse')
    assert.match(
      text,
      /Forecasts drift: the range held 50 % of 40 runs in the newest 4 weeks, 100 % of 40 before; chance hardly explains it\. Train anew/,
    )
  })

  it('is told where they hold better', () => {
    const rows = [...many(20, 200, old), ...many(20, 900, old), ...many(40, 200, late)]
    assert.equal(shown(rows).view.drift.kind, 'better')
  })

  it('is not told where chance explains it, and never of few runs', () => {
    const steady = [
      ...many(16, 200, old),
      ...many(4, 900, old),
      ...many(15, 200, late),
      ...many(5, 900, late),
    ]
    assert.equal(shown(steady).view.drift.kind, 'steady')
    const few = shown([...many(100, 200, old), ...many(19, 900, late)])
    assert.equal(few.view.drift.kind, 'too-few')
    assert.match(few.text, /Drift: too few runs to tell \(19 in the newest 4 weeks, 100 before\)/)
  })
})

describe('the page of calibration', () => {
  it('judges in words, and never from few runs', () => {
    const late = '2026-11-18T00:00:00.000Z'
    assert.match(shown([row(200)]).text, /held 100 % \(95 %: 21 – 100 %\) of 1 run: too few to judge by/)
    assert.match(shown([...many(80, 200, late), ...many(20, 900, late)]).text, /of 100 runs: as it says/)
    assert.match(
      shown([...many(50, 200, late), ...many(50, 900, late)]).text,
      /of 100 runs: less than it says/,
    )
    assert.match(shown(many(100, 200, late)).text, /of 100 runs: more than it says: it could be narrower/)
  })

  it('has the figures of each chart in its table', () => {
    const { page, text } = shown(calibrationRows(plain, { days: 50, drifts: false }))
    const described = [...page.matchAll(/<desc[^>]*>([^<]*)<\/desc>/g)].map(([, words = '']) => words)
    assert.equal(described.length, 4)
    const weeks = [...(described[0] ?? '').matchAll(/Week from (\S+): ([^;]*?)(?:;|\.$)/g)]
    assert.equal(weeks.length, 8)
    for (const [, from = '', covered = ''] of weeks) {
      const figures = text.slice(text.indexOf(`${from} `))
      assert.equal(figures.replace(/^\S+ \d+ /, '').startsWith(covered), true, from)
    }
  })

  it('says when older runs were not read', () => {
    assert.match(
      shown([row(200), row(200)], true).text,
      /The newest 2 runs that were forecast before they began, of more; all are counted/,
    )
  })

  it('says what to do where nothing counts yet, and what was left out', () => {
    assert.match(shown([]).text, /No run that was forecast before it began is kept yet\./)
    assert.match(
      shown([row(1, { incomplete: true })]).text,
      /No run counts yet\. 1 run was forecast before it began; 1 run of them is not counted/,
    )
  })
})
