/**
 * What moves in a page: runs that go on. Of each it takes the events `/v1/runs/{id}/events`, whose data is the run as it
 * stands (`LiveRun`, or `{"live": LiveRun}`), and writes figures into cells that are there; text goes in as text. A
 * browser keeps few connections to one host: of a long list only the first move. Without a script the pages are whole.
 */
export const LIVE_SCRIPT = `'use strict'
const MOST = 4
const SCALES = [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'k']]

function shortTokens(count) {
  if (Math.round(count) < 1000) return String(Math.round(count))
  const rounded = Number(count.toPrecision(3))
  const [size, unit] = SCALES.find(([size]) => rounded >= size) || [1000, 'k']
  return (rounded / size).toPrecision(3) + ' ' + unit
}

function shortUsd(amount) {
  if (amount === 0) return '$0'
  if (amount < 0.0001) return '<$0.0001'
  const rounded = Number(amount.toPrecision(amount < 1 ? 2 : 3))
  if (rounded >= 1000) return '$' + rounded.toLocaleString('en-US')
  return '$' + rounded.toPrecision(rounded < 1 ? 2 : 3)
}

function shortTime(seconds) {
  if (seconds < 60) return seconds.toFixed(1) + ' s'
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return minutes + ' min ' + Math.floor(seconds % 60) + ' s'
  return Math.floor(minutes / 60) + ' h ' + (minutes % 60) + ' min'
}

const countOf = ({ amount, atLeast }) => (atLeast ? '≥ ' : '') + shortTokens(amount)

function cellsOf(run) {
  return {
    state: run.closed ? 'ended' + (run.outcome ? ': ' + run.outcome : '') : 'running',
    calls: countOf(run.calls),
    tokens: countOf(run.tokens.total),
    output: countOf(run.tokens.output),
    cost: run.costUsd === null ? 'unknown' : shortUsd(Number(run.costUsd)),
    time: shortTime(run.seconds),
  }
}

function show(place, run) {
  const of = (name) => [...document.querySelectorAll('[' + name + ']')].filter((one) => one.dataset.run === place.dataset.live)
  const cells = cellsOf(run)
  for (const cell of of('data-cell')) cell.textContent = cells[cell.dataset.cell] ?? cell.textContent
  run.limits.forEach(({ limit, spent }, i) => {
    const percent = Math.floor(Number(limit) > 0 ? (100 * Number(spent)) / Number(limit) : 100)
    for (const bar of of('data-bar')) {
      if (bar.dataset.bar === 'limit-' + i) fill(bar, percent)
    }
  })
  for (const bar of of('data-bar')) {
    const upper = Number(bar.dataset.upper)
    if (bar.dataset.bar === 'forecast' && upper > 0) fill(bar, Math.floor((100 * run.tokens.total.amount) / upper))
  }
}

function fill(bar, percent) {
  if (bar.tagName === 'PROGRESS') bar.value = Math.min(100, percent)
  else bar.textContent = percent + ' %'
}

function tell(words) {
  for (const place of document.querySelectorAll('[data-live-status]')) {
    if (place.firstChild && place.firstChild.data !== words) place.firstChild.data = words
  }
}

function follow(place) {
  const source = new EventSource(place.dataset.events)
  const take = ({ data }) => {
    const told = JSON.parse(data)
    const run = told.live ?? told
    if (!run || !run.tokens) return
    show(place, run)
    if (!run.closed) return tell('Moving as it goes. ')
    source.close()
    tell('A run has ended. ')
  }
  const end = () => {
    source.close()
    tell('A run has ended. ')
  }
  source.onmessage = take
  source.addEventListener('live', take)
  source.addEventListener('ended', end)
  source.onerror = () => tell(source.readyState === 2 ? 'Not moving any more. ' : 'The service does not answer; trying again. ')
}

if (typeof document !== 'undefined') {
  const places = [...document.querySelectorAll('[data-live][data-events]')]
  places.slice(0, MOST).forEach(follow)
}
`
