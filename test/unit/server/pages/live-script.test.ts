import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createContext, Script } from 'node:vm'
import { ASSETS } from '../../../../src/server/pages/assets.ts'
import { liveProgress } from '../../../../src/server/pages/live-progress.ts'
import { LIVE_SCRIPT } from '../../../../src/server/pages/live-script.ts'
import { liveCells } from '../../../../src/server/pages/run-cells.ts'
import { toldEvents } from '../../../fixtures/pages.ts'

/** An element as far as the script looks at one. */
interface Place {
  readonly dataset: Record<string, string>
  tagName: string
  textContent: string
  value?: number
  firstChild?: { data: string }
  /** Forms in it. */
  readonly forms: readonly { hidden: boolean }[]
  readonly querySelectorAll: (of: string) => readonly { hidden: boolean }[]
}

interface Source {
  readonly url: string
  readyState: number
  closed: boolean
  onerror?: () => void
  listeners: Record<string, (event: { data: string }) => void>
}

function place(dataset: Record<string, string>, tagName = 'SPAN'): Place {
  const forms = [{ hidden: false }]
  const querySelectorAll: Place['querySelectorAll'] = (of) => (of === 'form' ? forms : [])
  return { dataset, tagName, textContent: 'old', forms, querySelectorAll }
}

/** The script in a page of these elements, by the attribute that marks them. */
function loaded(marked: Readonly<Record<string, readonly Place[]>>) {
  const sources: Source[] = []
  class EventSource implements Source {
    readonly url: string
    readyState = 1
    closed = false
    listeners: Source['listeners'] = {}
    constructor(url: string) {
      this.url = url
      sources.push(this)
    }
    addEventListener(name: string, listener: (event: { data: string }) => void) {
      this.listeners[name] = listener
    }
    close() {
      this.closed = true
    }
  }
  const document = { querySelectorAll: (query: string) => marked[query] ?? [] }
  new Script(LIVE_SCRIPT).runInContext(createContext({ document, EventSource }))
  return sources
}

const CELLS = ['state', 'runs', 'calls', 'tokens', 'output', 'cost'] as const

function page() {
  const status = { ...place({}), firstChild: { data: 'As of then.' } }
  const cells = CELLS.map((cell) => place({ run: 'a"]x', cell }))
  const other = place({ run: 'b', cell: 'tokens' })
  const bars = [
    place({ run: 'a"]x', bar: 'usd', upper: '3' }, 'PROGRESS'),
    place({ run: 'a"]x', bar: 'usd', upper: '3' }),
    place({ run: 'a"]x', bar: 'totalTokens', upper: '4000000' }),
  ]
  const live = place({ live: 'a"]x', events: '/v1/runs/a/events' })
  const sources = loaded({
    '[data-live][data-events]': [live],
    '[data-cell]': [...cells, other],
    '[data-bar]': bars,
    '[data-live-status]': [status],
  })
  const [source] = sources
  assert.ok(source)
  return { source, cells, other, bars, status, live }
}

describe('the script of pages that move', () => {
  it('is JavaScript, and does nothing where nothing moves', () => {
    assert.doesNotThrow(() => new Script(LIVE_SCRIPT))
    assert.deepEqual(loaded({}), [])
    assert.doesNotMatch(
      LIVE_SCRIPT,
      /innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function/,
    )
  })

  it('adds up what is told of the runs of a job, as the page does, into its own cells and bars', () => {
    const events = toldEvents((text) => text)
    const { source, cells, other, bars, status } = page()
    for (const [i, { event, data }] of events.entries()) {
      source.listeners[event]?.({ data })
      const expected = liveCells({
        state: 'running',
        seconds: 0,
        progress: liveProgress(events.slice(0, i + 1)),
      })
      assert.deepEqual(
        cells.map(({ textContent }) => textContent),
        CELLS.map((name) => expected[name]),
      )
    }
    assert.equal(other.textContent, 'old')
    assert.deepEqual([bars[0]?.value, bars[1]?.textContent, bars[2]?.textContent], [11, '11 %', '15 %'])
    assert.equal(status.firstChild.data, 'Moving as it goes. ')
  })

  it('does not take the end of a run for the end of the job, after which it listens no more and nothing can be stopped', () => {
    const { source, cells, status, live } = page()
    const spent = { calls: 1, totalTokens: 2, outputTokens: 1, atLeast: false, usd: null }
    source.listeners.ended?.({ data: JSON.stringify({ run: 'r1', retried: false, spent }) })
    assert.deepEqual([source.closed, cells[5]?.textContent], [false, 'unknown'])
    source.listeners.ended?.({ data: JSON.stringify({ run: 'r2', retried: false, spent: null }) })
    assert.equal(cells[3]?.textContent, '≥ 2')
    assert.deepEqual(live.forms, [{ hidden: false }])
    source.listeners.end?.({ data: JSON.stringify({ state: 'done' }) })
    assert.deepEqual(
      [source.closed, cells[0]?.textContent, status.firstChild.data],
      [true, 'done', 'A job has ended. '],
    )
    assert.deepEqual(live.forms, [{ hidden: true }])
  })

  it('says when it does not move', () => {
    const { source, status } = page()
    source.readyState = 0
    source.onerror?.()
    assert.equal(status.firstChild.data, 'The service does not answer; trying again. ')
    source.readyState = 2
    source.onerror?.()
    assert.equal(status.firstChild.data, 'Not moving any more. ')
  })

  it('takes no more connections than a browser spares', () => {
    const places = Array.from({ length: 9 }, (_, i) =>
      place({ live: `${i}`, events: `/v1/runs/${i}/events` }),
    )
    assert.equal(loaded({ '[data-live][data-events]': places }).length, 4)
  })
})

describe('the assets', () => {
  it('ask for nothing from elsewhere', () => {
    assert.deepEqual(
      ASSETS.map(({ path }) => path),
      ['/assets/style.css', '/assets/live.js', '/assets/icon.svg'],
    )
    for (const { text } of ASSETS) {
      assert.doesNotMatch(text.replace('http://www.w3.org/2000/svg', ''), /https?:|@import|url\(/)
    }
  })
})
