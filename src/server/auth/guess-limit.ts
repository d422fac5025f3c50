import { networkOf } from './client-address.ts'

/** Counts the keys that were refused, by where they came from. */
export interface GuessLimit {
  /** Counts one; returns the seconds to wait where there were too many, else null. */
  refused(address: string): number | null
  /** How many places are remembered. */
  readonly size: number
}

export interface GuessLimitOptions {
  readonly nowMs: () => number
  /** So many in each window are answered as what they are. */
  readonly most?: number
  readonly windowMs?: number
  /** So many places are remembered; of more, the one that began first is forgotten. */
  readonly mostPlaces?: number
}

/** How many were refused since when. */
interface Count {
  refused: number
  readonly endsMs: number
}

export function guessLimit({
  nowMs,
  most = 10,
  windowMs = 60_000,
  mostPlaces = 10_000,
}: GuessLimitOptions): GuessLimit {
  // In the order in which their windows began, which is the order in which they end.
  const counts = new Map<string, Count>()
  return {
    refused: (address) => {
      const now = nowMs()
      const place = networkOf(address)
      const known = counts.get(place)
      const count = known !== undefined && now < known.endsMs ? known : { refused: 0, endsMs: now + windowMs }
      if (count !== known) {
        counts.delete(place)
        counts.set(place, count)
        makeRoom(counts, mostPlaces)
      }
      count.refused++
      return count.refused > most ? Math.max(1, Math.ceil((count.endsMs - now) / 1000)) : null
    },
    get size() {
      return counts.size
    },
  }
}

function makeRoom(counts: Map<string, Count>, most: number): void {
  for (const place of counts.keys()) {
    if (counts.size <= most) return
    counts.delete(place)
  }
}
