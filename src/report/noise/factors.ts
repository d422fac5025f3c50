import type { Episodes } from '../../store/episodes.ts'

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

/** The factors that runs record, with at most so many levels each that a table can be read. */
export function factorsOf(episodes: Episodes): readonly Factor[] {
  return [days(episodes), hours(episodes), hosts(episodes), concurrency(episodes)].filter(
    ({ levels }) => levels.length > 1,
  )
}

/** Days, or periods of as many days as make 14 of them. */
function days({ startedMs }: Episodes): Factor {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const at of startedMs) {
    if (at < first) first = at
    if (at > last) last = at
  }
  if (!(first <= last)) return { key: 'day', name: 'day', codes: new Int32Array(0), levels: [] }
  const start = Math.floor(first / DAY_MS)
  const span = Math.ceil((Math.floor(last / DAY_MS) - start + 1) / MOST_PERIODS)
  const name = (period: number) => new Date((start + period * span) * DAY_MS).toISOString().slice(0, 10)
  const periods = Int32Array.from(startedMs, (at) =>
    Number.isNaN(at) ? -1 : Math.floor((Math.floor(at / DAY_MS) - start) / span),
  )
  return named('day', span === 1 ? 'day' : `${span} days from`, { codes: periods, nameOf: name })
}

/** Eight parts of the day, UTC. */
function hours({ startedMs }: Episodes): Factor {
  const codes = Int32Array.from(startedMs, (at) =>
    Number.isNaN(at) ? -1 : Math.floor((at % DAY_MS) / (3 * HOUR_MS)),
  )
  const two = (hour: number) => String(hour).padStart(2, '0')
  return named('hour', 'hour (UTC)', { codes, nameOf: (part) => `${two(part * 3)}–${two(part * 3 + 3)}` })
}

/** The hosts with the most runs, the others together. */
function hosts({ host }: Episodes): Factor {
  const counts = new Int32Array(host.names.length)
  for (const code of host.codes) if (code >= 0) counts[code] = (counts[code] as number) + 1
  const order = [...counts.keys()].sort((a, b) => (counts[b] as number) - (counts[a] as number))
  const shown = new Map(order.slice(0, MOST_HOSTS).map((code, place) => [code, place]))
  const codes = host.codes.map((code) => (code < 0 ? -1 : (shown.get(code) ?? MOST_HOSTS)))
  const nameOf = (place: number) =>
    place === MOST_HOSTS ? 'all others' : (host.names[order[place] as number] ?? '')
  return named('host', 'host', { codes, nameOf })
}

/** How many runs shared the host, in powers of two. */
function concurrency({ concurrency: at }: Episodes): Factor {
  const codes = Int32Array.from(at, (runs) =>
    Number.isNaN(runs) ? -1 : Math.floor(Math.log2(Math.max(1, runs))),
  )
  const nameOf = (power: number) => (power === 0 ? '1' : `${2 ** power}–${2 ** (power + 1) - 1}`)
  return named('concurrency', 'runs at once', { codes, nameOf })
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
