import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createContext, Script } from 'node:vm'
import { ASSETS } from '../../../../src/server/pages/assets.ts'
import { LIVE_SCRIPT } from '../../../../src/server/pages/live-script.ts'
import { openLive } from '../../../fixtures/pages.ts'

/** An element as far as the script looks at one. */
interface Place {
  readonly dataset: Record<string, string>
  tagName: string
  textContent: string
  value?: number
  firstChild?: { data: string }
}

interface Source {
  readonly url: string
  readyState: number
  closed: boolean
  onmessage?: (event: { data: string }) => void
  onerror?: () => void
  listeners: Record<string, (event: { data: string }) => void>
}

const place = (dataset: Record<string, string>, tagName = 'SPAN'): Place => ({
  dataset,
  tagName,
  textContent: 'old',
})

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

const CELLS = ['state', 'calls', 'tokens', 'output', 'cost', 'time']

function page() {
  const status = { ...place({}), firstChild: { data: 'As of then.' } }
  const cells = CELLS.map((cell) => place({ run: 'a"]x', cell }))
  const other = place({ run: 'b', cell: 'tokens' })
  const bars = [
    place({ run: 'a"]x', bar: 'limit-0' }, 'PROGRESS'),
    place({ run: 'a"]x', bar: 'limit-0' }),
    place({ run: 'a"]x', bar: 'forecast', upper: '632200' }),
  ]
  const sources = loaded({
    '[data-live][data-events]': [place({ live: 'a"]x', events: '/v1/runs/a/events' })],
    '[data-cell]': [...cells, other],
    '[data-bar]': bars,
    '[data-live-status]': [status],
  })
  const [source] = sources
  assert.ok(source)
  return { source, cells, other, bars, status }
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

  it('writes what is told of a run into its own cells and bars, as the page would', () => {
    const { source, cells, other, bars, status } = page()
    source.onmessage?.({ data: JSON.stringify(openLive((text) => text)) })
    assert.deepEqual(
      cells.map(({ textContent }) => textContent),
      ['running', '14', '≥ 316 k', '6.10 k', '$0.11', '1 min 32 s'],
    )
    assert.equal(other.textContent, 'old')
    assert.deepEqual([bars[0]?.value, bars[1]?.textContent, bars[2]?.textContent], [11, '11 %', '50 %'])
    assert.equal(status.firstChild.data, 'Moving as it goes. ')
  })

  it('takes a run told as part of an event, and lets others be', () => {
    const { source, cells } = page()
    source.listeners.live?.({ data: JSON.stringify({ state: 'running' }) })
    assert.equal(cells[1]?.textContent, 'old')
    source.listeners.live?.({ data: JSON.stringify({ live: openLive((text) => text, { costUsd: null }) }) })
    assert.equal(cells[4]?.textContent, 'unknown')
  })

  it('listens no more once a run has ended', () => {
    const { source, cells, status } = page()
    const end = openLive((text) => text, { closed: true, outcome: 'budget-exhausted' })
    source.onmessage?.({ data: JSON.stringify(end) })
    assert.equal(cells[0]?.textContent, 'ended: budget-exhausted')
    assert.deepEqual([source.closed, status.firstChild.data], [true, 'A run has ended. '])
    const again = page()
    again.source.listeners.ended?.({ data: '{}' })
    assert.equal(again.source.closed, true)
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
