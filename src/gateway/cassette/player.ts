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
  /**
   * Takes the reply to a request: what another request is given is never this one. `mayRepeat` = it asks for what stays
   * as it is, such as a list of models: where it is asked for more often than it was recorded, the last is played again.
   */
  readonly next: (asked: Asked, mayRepeat?: boolean) => Played
  readonly told: () => PlayerCounts
}

/** What was played so far. */
export interface PlayerCounts {
  readonly strict: number
  readonly lenient: number
  /** Replies that were recorded for another request of the same kind: the replay is only as good as they fit. */
  readonly guess: number
  /** Of all these, replies that were played before: lists of models, counts. */
  readonly again: number
  readonly missed: number
  /** Exchanges that were not asked for yet. */
  readonly left: number
}

/** Plays what was recorded, where one request was made several times in the order of the recording. */
export function cassettePlayer(cassette: Cassette, { matching }: { matching: Matching }): Player {
  const played = new Set<Recorded>()
  const counts = { strict: 0, lenient: 0, guess: 0, again: 0, missed: 0 }
  const shelves = WAYS[matching].map((by) => ({ by, ...shelf(cassette.exchanges, KEY_OF[by], played) }))
  const next = (asked: Asked, mayRepeat = false): Played => {
    for (const { by, take, last } of shelves) {
      const fresh = take(asked)
      const exchange = fresh ?? (mayRepeat ? last(asked) : null)
      if (exchange === null) continue
      played.add(exchange)
      counts[by]++
      if (fresh === null) counts.again++
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

/** The exchanges of each key. */
interface Shelf {
  /** The first unplayed one; each is passed by once. */
  readonly take: (asked: Asked) => Recorded | null
  readonly last: (asked: Asked) => Recorded | null
}

function shelf(
  exchanges: readonly Recorded[],
  keyOf: (asked: Asked) => string,
  played: ReadonlySet<Recorded>,
): Shelf {
  const rows = Map.groupBy(exchanges, keyOf)
  const passed = new Map<string, number>()
  const take = (asked: Asked): Recorded | null => {
    const key = keyOf(asked)
    const row = rows.get(key) ?? []
    let at = passed.get(key) ?? 0
    for (let item = row[at]; item !== undefined && played.has(item); item = row[at]) at++
    passed.set(key, at)
    return row[at] ?? null
  }
  return { take, last: (asked) => rows.get(keyOf(asked))?.at(-1) ?? null }
}
