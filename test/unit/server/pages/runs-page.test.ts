import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { againstRange } from '../../../../src/server/pages/against-range.ts'
import { liveProgress } from '../../../../src/server/pages/live-progress.ts'
import { rangeMark } from '../../../../src/server/pages/range-mark.ts'
import { runPage } from '../../../../src/server/pages/run-page.ts'
import { runView } from '../../../../src/server/pages/run-view.ts'
import { runsPage } from '../../../../src/server/pages/runs-page.ts'
import { NO_FILTER, runsView } from '../../../../src/server/pages/runs-view.ts'
import { readText } from '../../../fixtures/markup-skeleton.ts'
import { aboutOf, liveEntry, loggedRun, loggedRuns, storedRun, toldEvents } from '../../../fixtures/pages.ts'

const plain = (text: string): string => text
const about = aboutOf(plain)

function shown(more: Partial<Parameters<typeof runsView>[0]> = {}) {
  const view = runsView({
    about,
    filter: NO_FILTER,
    live: [],
    runs: [],
    cursor: null,
    isContinued: false,
    ...more,
  })
  const page = runsPage(view)
  return { view, page, text: readText(page) }
}

const span = (actual: number | null) => ({ actual, p10: 10, p50: 20, p90: 40 })
const ended = { outcome: 'resolved', incomplete: false } as const

describe('a run against its range', () => {
  it('is inside up to both ends, else below or above', () => {
    const places = [9, 10, 40, 41].map((actual) => againstRange(span(actual), ended).place)
    assert.deepEqual(places, ['below', 'inside', 'inside', 'above'])
  })

  for (const ending of [
    { outcome: 'budget-exhausted', incomplete: false },
    { outcome: 'timed-out', incomplete: false },
    { outcome: 'infra-error', incomplete: false },
    { outcome: 'resolved', incomplete: true },
  ] as const) {
    it(`is not judged before its own end, but where it is too much already: ${ending.outcome}, ${ending.incomplete}`, () => {
      assert.equal(againstRange(span(20), ending).place, null)
      assert.equal(againstRange(span(5), ending).place, null)
      assert.equal(againstRange(span(41), ending).place, 'above')
      assert.ok((againstRange(span(41), ending).reason ?? '').length > 0)
    })
  }

  it('has no place where either is not known', () => {
    assert.deepEqual(againstRange(span(null), ended), { place: null, reason: 'not recorded' })
    assert.equal(againstRange({ ...span(1), p10: null }, ended).place, null)
  })

  it('is marked where it lies, at the edge by an arrow, and not at all where a logarithm is none', () => {
    const at = (actual: number) => /cx="([\d.]+)"/.exec(rangeMark(span(actual), 'w')?.markup ?? '')?.[1]
    assert.deepEqual([at(10), at(20), at(40)], ['36.0', '60.0', '84.0'])
    assert.match(rangeMark(span(1e9), 'w')?.markup ?? '', /<path class="dot" d="M111,/)
    assert.match(rangeMark(span(1e-9), 'w')?.markup ?? '', /<path class="dot" d="M9,/)
    assert.equal(rangeMark(span(0), 'w'), null)
    assert.equal(rangeMark({ ...span(5), p10: 0 }, 'w'), null)
    assert.match(rangeMark({ actual: 7, p10: 7, p50: 7, p90: 7 }, 'w')?.markup ?? '', /cx="60\.0"/)
  })
})

describe('the page of runs', () => {
  const { page, text, view } = shown({
    runs: loggedRuns(plain),
    cursor: 'n/x',
    filter: { ...NO_FILTER, model: 'gpt-*', forecast: true },
  })

  it('says of each run where it lies, in words and with what was spent', () => {
    assert.match(
      text,
      /inside 900 k 292 k – 2\.30 M \$0\.31 \$0\.072 – \$0\.41 resolved 2026-11-20 12:00 UTC/,
    )
    assert.match(text, /above: × 3\.9 of the upper end 9\.00 M/)
    assert.match(text, /below: × 0\.31 of the lower end 90\.0 k 292 k – 2\.30 M unknown/)
    assert.match(text, /not counted: stopped by a budget 1\.10 M/)
    assert.match(text, /not counted: ended by the infrastructure ≥ 900 k/)
    assert.match(text, /no forecast unknown – \$0\.31 – not recorded/)
    assert.match(page, /aria-label="900 k; 8 in 10: 292 k – 2\.30 M"/)
  })

  it('keeps the filters, in the form and on the way to the next page', () => {
    assert.match(page, /name="model" value="gpt-\*"/)
    assert.match(page, /name="forecast" value="yes" checked/)
    assert.match(page, /<a href="\/runs\?model=gpt-\*&amp;forecast=yes&amp;cursor=n%2Fx" rel="next">/)
    assert.deepEqual(JSON.parse(JSON.stringify(view)), view)
  })

  it('loads the script only where something moves', () => {
    assert.doesNotMatch(page, /live\.js/)
    assert.match(shown({ live: [liveEntry(plain)] }).page, /<script src="\/assets\/live\.js" defer>/)
  })

  it('shows runs that go on with what they have spent, and says of what has not begun that it has not', () => {
    const waiting = liveEntry(plain, { id: 'b', state: 'queued', seconds: null, progress: null })
    const { text: live, page: html } = shown({ live: [liveEntry(plain), waiting] })
    assert.match(
      live,
      /≥ 632 k 1\.20 M – 4\.00 M \$0\.33 \$0\.60 – \$2\.40 ≥ 34 1 min 32 s 1 of 3 ended running/,
    )
    assert.match(live, /not begun not told yet not begun not told yet not begun not begun not begun queued/)
    assert.match(html, /data-events="\/v1\/runs\/b\/events"/)
    assert.match(live, /Reload/)
  })

  it('says what to do where there is nothing yet, and how to see all where a filter hides everything', () => {
    assert.match(shown().text, /No run is kept yet/)
    assert.match(shown({ filter: { ...NO_FILTER, agent: 'x' } }).text, /No run is like that\. Show all/)
  })
})

describe('the page of a run', () => {
  const page = (run: Parameters<typeof storedRun>[1], logged: Parameters<typeof loggedRun>[1] = {}) => {
    const stored = { run: storedRun(plain, run), logged: loggedRun(plain, logged) }
    return readText(runPage(runView({ about, id: 'x', stored, live: null, mayCancel: true })))
  }

  it('tells exact counts by class, and what of them is not known', () => {
    const text = page({})
    assert.match(text, /cache read 838 k 838,000/)
    assert.match(text, /cache write, 5 minutes 0 0 cache write, 1 hour unknown unknown/)
    assert.match(text, /Cost by our prices: \$0\.31 \(exactly \$0\.31\)\. As its source tells it: \$0\.33/)
    assert.match(text, /Another record of the same calls is trusted more/)
  })

  it('tells conditions as they are recorded: uncapped, a multiple, or nothing', () => {
    assert.match(page({}), /resources uncapped/)
    const conditions = { multiplier: 1.5, host: null, concurrency: 4 }
    assert.match(page({ conditions }), /resources × 1\.5 of the floor host not recorded runs on it at once 4/)
    const unknown = { multiplier: null, host: null, concurrency: null }
    assert.match(page({ conditions: unknown }), /resources not recorded/)
  })

  it('tells why there is no cost, and that there was no forecast', () => {
    const text = page({}, { costUsd: null, costReason: 'no price is listed', forecast: null })
    assert.match(text, /cost unknown no price is listed no forecast no forecast no forecast/)
    assert.match(text, /Cost unknown: no price is listed\./)
    assert.match(text, /No forecast of this task with this agent and model was made before the run began/)
  })

  it('shows how far a run has come of its forecast and its limits, and lets it be stopped by who may', () => {
    const of = (mayCancel: boolean) =>
      runPage(runView({ about, id: 'live-1', stored: null, live: liveEntry(plain), mayCancel }))
    const text = readText(of(true))
    assert.match(text, /15 % of the forecast’s upper end, all tokens/)
    assert.match(text, /11 % of the limit of \$3\.00/)
    assert.match(text, /98 % of the limit of 640,000 tokens/)
    assert.match(of(true), /<form method="post" action="\/runs\/live-1\/cancel">/)
    assert.doesNotMatch(of(false), /<form[^>]*cancel/)
  })

  it('gives a limit of nothing as spent, and a cost that is not known as that', () => {
    const forecast = { usd: null, totalTokens: null, from: 'no bundle fits' }
    const spent = { calls: 1, totalTokens: 5, outputTokens: 1, atLeast: false, costUsd: null }
    const progress = { runs: null, ended: 0, forecast, spent }
    const limits = [
      { of: 'usd', limit: '1.00' },
      { of: 'calls', limit: '0' },
    ] as const
    const live = liveEntry(plain, { progress, limits })
    const text = readText(runPage(runView({ about, id: 'live-1', stored: null, live, mayCancel: false })))
    assert.match(text, /unknown share of the limit of \$1\.00/)
    assert.match(text, /100 % of the limit of 0 calls/)
    assert.match(text, /cost unknown 8 in 10: unknown: no bundle fits/)
    assert.match(text, /runs not planned yet/)
  })

  it('links to the forecast only where the service gave it', () => {
    const forecast = loggedRun(plain).forecast
    assert.ok(forecast)
    const of = (answer: string | null) => {
      const stored = {
        run: storedRun(plain),
        logged: loggedRun(plain, { forecast: { ...forecast, answer } }),
      }
      return runPage(runView({ about, id: 'x', stored, live: null, mayCancel: false }))
    }
    assert.match(of('a/1'), /<a href="\/v1\/estimates\/a%2F1">as JSON<\/a>/)
    assert.doesNotMatch(of(null), /estimates/)
  })

  it('says so where nothing is kept', () => {
    const text = readText(runPage(runView({ about, id: 'x', stored: null, live: null, mayCancel: true })))
    assert.match(text, /Nothing is kept of this run/)
  })
})

describe('how far a job has come', () => {
  const told = (event: string, data: unknown) => ({ event, data: JSON.stringify(data) })
  const counts = { calls: 1, totalTokens: 10, outputTokens: 2, atLeast: false }

  it('is the sum of what its runs told last, each counted once, and exact in money', () => {
    const { runs, ended, spent } = liveProgress(toldEvents(plain))
    assert.deepEqual([runs, ended], [3, 1])
    assert.deepEqual(spent, {
      calls: 34,
      totalTokens: 632_200,
      outputTokens: 12_200,
      atLeast: true,
      costUsd: '0.33',
    })
  })

  it('keeps what a run is told to have spent at its end', () => {
    const late = told('spend', { runs: [{ run: 'r1', ...counts, costUsd: '0.01' }] })
    const { spent } = liveProgress([
      told('ended', { run: 'r1', retried: false, spent: { ...counts, calls: 7, usd: '0.02' } }),
      late,
    ])
    assert.deepEqual([spent.calls, spent.costUsd], [7, '0.02'])
  })

  it('counts what an attempt that is tried again has spent, and does not take it for an end', () => {
    const { ended, spent } = liveProgress([
      told('ended', { run: 'r1', retried: true, spent: { ...counts, usd: '0.02' } }),
    ])
    assert.deepEqual([ended, spent.calls], [0, 1])
  })

  it('is at least nothing, at an unknown cost, where an end tells nothing', () => {
    const { spent } = liveProgress([told('ended', { run: 'r1', retried: false, spent: null })])
    assert.deepEqual(spent, { calls: 0, totalTokens: 0, outputTokens: 0, atLeast: true, costUsd: null })
    assert.deepEqual(liveProgress([]).spent, {
      calls: 0,
      totalTokens: 0,
      outputTokens: 0,
      atLeast: false,
      costUsd: '0.00',
    })
  })
})
