/**
 * What moves in a page: jobs that go on. Of each it takes the events of `/v1/runs/{id}/events` (`planned`, `began`,
 * `spend`, `ended`, `end`), adds up what its runs have spent, and writes figures into cells that are there; text goes in
 * as text. A browser keeps few connections to one host: of a long list only the first move. Without a script the pages are
 * whole.
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

function sum(runs) {
  const all = { calls: 0, totalTokens: 0, outputTokens: 0, atLeast: false, usd: 0 }
  for (const run of runs) {
    for (const name of ['calls', 'totalTokens', 'outputTokens']) all[name] += run[name]
    all.atLeast ||= run.atLeast
    all.usd = all.usd === null || run.costUsd === null ? null : all.usd + Number(run.costUsd)
  }
  return all
}

function show(place, job) {
  const of = (name) => [...document.querySelectorAll('[' + name + ']')].filter((one) => one.dataset.run === place.dataset.live)
  const spent = sum(job.spent.values())
  const seconds = job.began === null ? null : Math.max(0, Math.round((Date.now() - job.began) / 1000))
  const count = (amount) => (spent.atLeast ? '≥ ' : '') + shortTokens(amount)
  const cells = {
    state: job.state,
    runs: job.runs === null ? 'not planned yet' : job.ended.size + ' of ' + job.runs + ' ended',
    calls: count(spent.calls),
    tokens: count(spent.totalTokens),
    output: count(spent.outputTokens),
    cost: spent.usd === null ? 'unknown' : shortUsd(spent.usd),
    time: seconds === null ? 'not begun' : shortTime(seconds),
  }
  for (const cell of of('data-cell')) cell.textContent = cells[cell.dataset.cell] ?? cell.textContent
  for (const bar of of('data-bar')) {
    const now = bar.dataset.bar === 'seconds' ? seconds : spent[bar.dataset.bar]
    const upper = Number(bar.dataset.upper)
    if (typeof now === 'number') fill(bar, Math.floor(upper > 0 ? (100 * now) / upper + 1e-9 : 100))
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

const UNTOLD = { calls: 0, totalTokens: 0, outputTokens: 0, atLeast: true, costUsd: null }

function follow(place) {
  const source = new EventSource(place.dataset.events)
  const job = { state: 'running', runs: null, began: null, ended: new Set(), spent: new Map() }
  const hear = {
    planned: ({ runs }) => { job.runs = runs.length },
    began: ({ at }) => { job.began ??= Date.parse(at) },
    spend: ({ runs }) => {
      for (const run of runs) if (!job.ended.has(run.run)) job.spent.set(run.run, run)
    },
    ended: ({ run, retried, spent }) => {
      job.spent.set(run, spent ? { ...spent, costUsd: spent.usd } : UNTOLD)
      if (!retried) job.ended.add(run)
    },
    end: ({ state }) => {
      job.state = state
      source.close()
      for (const form of place.querySelectorAll('form')) form.hidden = true
    },
  }
  for (const name of Object.keys(hear)) {
    source.addEventListener(name, ({ data }) => {
      hear[name](JSON.parse(data))
      show(place, job)
      tell(name === 'end' ? 'A job has ended. ' : 'Moving as it goes. ')
    })
  }
  source.onerror = () => tell(source.readyState === 2 ? 'Not moving any more. ' : 'The service does not answer; trying again. ')
}

if (typeof document !== 'undefined') {
  const places = [...document.querySelectorAll('[data-live][data-events]')]
  places.slice(0, MOST).forEach(follow)
}
`
