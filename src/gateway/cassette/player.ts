import type { Asked } from './asked.ts'
import { isObject } from './canonical-json.ts'
import type { Cassette, Recorded } from './cassette-file.ts'
import { type Miss, missOf } from './miss.ts'

/** Strict = the same request; lenient = also what is most likely the same, and at last the next of its kind. */
export type Matching = 'strict' | 'lenient'

/** A reply to play, and how it was found; or why there is none. */
export type Played =
  | { readonly exchange: Recorded; readonly by: 'strict' | 'lenient' | 'guess'; readonly miss: null }
  | { readonly exchange: null; readonly by: null; readonly miss: Miss }

/** Plays a cassette, each exchange once. */
export interface Player {
  /** Takes the reply to a request: what another request is given is never this one. */
  readonly next: (asked: Asked) => Played
  readonly told: () => PlayerCounts
}

/** What was played so far. */
export interface PlayerCounts {
  readonly strict: number
  readonly lenient: number
  /** Replies that were recorded for another request of the same kind: the replay is only as good as they fit. */
  readonly guess: number
  readonly missed: number
  /** Exchanges that were not asked for yet. */
  readonly left: number
}

/** Plays what was recorded, where one request was made several times in the order of the recording. */
export function cassettePlayer(cassette: Cassette, { matching }: { matching: Matching }): Player {
  const played = new Set<Recorded>()
  const counts = { strict: 0, lenient: 0, guess: 0, missed: 0 }
  const shelves = WAYS[matching].map((by) => ({ by, take: shelf(cassette.exchanges, KEY_OF[by], played) }))
  const next = (asked: Asked): Played => {
    for (const { by, take } of shelves) {
      const exchange = take(asked)
      if (exchange === null) continue
      played.add(exchange)
      counts[by]++
      return { exchange, by, miss: null }
    }
    counts.missed++
    return { exchange: null, by: null, miss: missOf(asked, cassette, played) }
  }
  return { next, told: () => ({ ...counts, left: cassette.exchanges.length - played.size }) }
}

const WAYS = { strict: ['strict'], lenient: ['strict', 'lenient', 'guess'] } as const

const KEY_OF = {
  strict: ({ keys }: Asked) => keys.strict,
  lenient: ({ keys }: Asked) => keys.lenient,
  guess: kindOf,
}

/** What a reply must fit for a client to understand it: the path, the model, and whether it streams. */
function kindOf({ provider, path, query, body }: Asked): string {
  const { model, stream } = isObject(body) ? body : {}
  return JSON.stringify([provider, path, query, model, stream === true])
}

/** Takes the first unplayed exchange of a key; each is passed by once. */
function shelf(
  exchanges: readonly Recorded[],
  keyOf: (asked: Asked) => string,
  played: ReadonlySet<Recorded>,
): (asked: Asked) => Recorded | null {
  const rows = Map.groupBy(exchanges, keyOf)
  const passed = new Map<string, number>()
  return (asked) => {
    const key = keyOf(asked)
    const row = rows.get(key) ?? []
    let at = passed.get(key) ?? 0
    for (let item = row[at]; item !== undefined && played.has(item); item = row[at]) at++
    passed.set(key, at)
    return row[at] ?? null
  }
}
