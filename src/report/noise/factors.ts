import type { Episodes } from '../../store/episodes.ts'
import { isShared } from './units.ts'

/** Something about a run that should not matter. */
export interface Factor {
  readonly key: 'day' | 'hour' | 'host' | 'concurrency'
  readonly name: string
  /** The level of each run, a place in `levels`; −1 = not recorded. */
  readonly codes: Int32Array
  readonly levels: readonly string[]
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MOST_PERIODS = 14
const MOST_HOSTS = 12

/** The factors that these runs record and that differ between them, with so few levels that a table can be read. */
export function factorsOf(episodes: Episodes, rows: Int32Array): readonly Factor[] {
  const starts = Float64Array.from(rows, (row) => episodes.startedMs[row] as number)
  const atOnce = Float64Array.from(rows, (row) => episodes.concurrency[row] as number)
  return [days(starts), hours(starts), hosts(episodes.host, rows), concurrency(atOnce)].filter(
    ({ levels }) => levels.length > 1,
  )
}

/** Days, or periods of as many days as make 14 of them. */
function days(starts: Float64Array): Factor {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const at of starts) {
    if (at < first) first = at
    if (at > last) last = at
  }
  if (first > last) return { key: 'day', name: 'day', codes: new Int32Array(0), levels: [] }
  const start = Math.floor(first / DAY_MS)
  const span = Math.max(1, Math.ceil((Math.floor(last / DAY_MS) - start + 1) / MOST_PERIODS))
  const dayOf = (number: number) => new Date(number * DAY_MS).toISOString().slice(0, 10)
  const nameOf = (period: number) => {
    const from = start + period * span
    return span === 1 ? dayOf(from) : `${dayOf(from)} to ${dayOf(from + span - 1)}`
  }
  const codes = Int32Array.from(starts, (at) =>
    Number.isNaN(at) ? -1 : Math.floor((Math.floor(at / DAY_MS) - start) / span),
  )
  return named('day', span === 1 ? 'day' : `period of ${span} days`, { codes, nameOf })
}

/** Eight parts of the day, UTC. */
function hours(starts: Float64Array): Factor {
  const codes = Int32Array.from(starts, (at) =>
    Number.isNaN(at) ? -1 : Math.floor((at - DAY_MS * Math.floor(at / DAY_MS)) / (3 * HOUR_MS)),
  )
  const two = (hour: number) => String(hour).padStart(2, '0')
  return named('hour', 'hour of the day (UTC)', {
    codes,
    nameOf: (part) => `${two(part * 3)}–${two(part * 3 + 3)}`,
  })
}

/** The hosts with the most runs, the others together; none where most have a single run. */
function hosts({ names, codes }: Episodes['host'], rows: Int32Array): Factor {
  if (!isShared(codes, rows)) return { key: 'host', name: 'host', codes: new Int32Array(0), levels: [] }
  const counts = new Int32Array(names.length)
  for (const row of rows) {
    const code = codes[row] as number
    if (code >= 0) counts[code] = (counts[code] as number) + 1
  }
  const order = [...counts.keys()].sort((a, b) => (counts[b] as number) - (counts[a] as number))
  const shown = new Map(order.slice(0, MOST_HOSTS).map((code, place) => [code, place]))
  const levels = rows.map((row) => {
    const code = codes[row] as number
    return code < 0 ? -1 : (shown.get(code) ?? MOST_HOSTS)
  })
  const nameOf = (place: number) =>
    place === MOST_HOSTS ? 'all others' : (names[order[place] as number] ?? '')
  return named('host', 'host', { codes: levels, nameOf })
}

/** How many runs shared the host, in powers of two. */
function concurrency(atOnce: Float64Array): Factor {
  const codes = Int32Array.from(atOnce, (runs) =>
    Number.isNaN(runs) ? -1 : Math.floor(Math.log2(Math.max(1, runs))),
  )
  const nameOf = (power: number) => (power === 0 ? '1' : `${2 ** power}–${2 ** (power + 1) - 1}`)
  return named('concurrency', 'runs at once on the host', { codes, nameOf })
}

/** Levels that occur, renumbered without gaps, in order. */
function named(
  key: Factor['key'],
  name: string,
  { codes, nameOf }: { readonly codes: Int32Array; readonly nameOf: (code: number) => string },
): Factor {
  const present = [...new Set(codes)].filter((code) => code >= 0).sort((a, b) => a - b)
  const places = new Map(present.map((code, place) => [code, place]))
  return { key, name, codes: codes.map((code) => places.get(code) ?? -1), levels: present.map(nameOf) }
}
