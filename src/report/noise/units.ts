import { clustersOf } from '../../metrics/cluster-codes.ts'
import { varies } from '../../metrics/score-contributions.ts'
import type { Episodes } from '../../store/episodes.ts'
import { numbered } from './numbered.ts'

/** What goes wrong together, and where it may change places; a code per run for both. */
export interface Units {
  readonly codes: Int32Array
  /** Null = anywhere. */
  readonly blocks: Int32Array | null
}

/** Host and day of runs, numbered from 0; runs where one is not recorded have a number of their own. */
export interface Places {
  /** All the same where most hosts have one run only, as with a container for each: such hosts group nothing. */
  readonly hosts: Int32Array
  readonly days: Int32Array
  /** Host and day together: infrastructure fails in bursts, many runs of one host on one day. */
  readonly both: Int32Array
}

const DAY_MS = 86_400_000

export function placesOf({ host, startedMs }: Episodes, rows: Int32Array): Places {
  const days = numbered(rows, (row) => {
    const at = startedMs[row] as number
    return Number.isNaN(at) ? -1 : Math.floor(at / DAY_MS)
  })
  const hosts = isShared(host.codes, rows)
    ? numbered(rows, (row) => host.codes[row] as number)
    : new Int32Array(rows.length)
  const both = numbered(rows, (_, i) => (days[i] as number) * rows.length + (hosts[i] as number))
  return { hosts, days, both }
}

/** Whether at least half of the runs have a host that another has too. */
export function isShared(hosts: Int32Array, rows: Int32Array): boolean {
  const counts = new Map<number, number>()
  for (const row of rows) counts.set(hosts[row] as number, (counts.get(hosts[row] as number) ?? 0) + 1)
  let shared = 0
  for (const count of counts.values()) if (count > 1) shared += count
  return 2 * shared >= rows.length
}

/** Whether at least half of the runs lie in groups with more than one label. */
export const isMixed = (groups: Int32Array, labels: ArrayLike<number>): boolean =>
  varies(labels, clustersOf(groups))

/** How what is tested was spread over hosts and days. */
export type Spread = 'within' | 'by host and day' | 'by day' | 'by host'

export function spreadOf({ hosts, days, both }: Places, labels: ArrayLike<number>): Spread {
  if (isMixed(both, labels)) return 'within'
  if (!isMixed(days, labels)) return 'by day'
  return isMixed(hosts, labels) ? 'by host and day' : 'by host'
}

/** Fewer units than this can show nothing, however they are rearranged. */
export const FEWEST = 6

/**
 * The units that labels were given to: where every host ran several of them a day, host and day; where each had one a day,
 * these too, changing places inside a day; where each day, or host, had its own, days or hosts. Null where the first are
 * too few to test with.
 */
export function unitsOf(places: Places, labels: ArrayLike<number>): Units | null {
  const { hosts, days, both } = places
  switch (spreadOf(places, labels)) {
    case 'within':
      return new Set(both).size < FEWEST ? null : { codes: both, blocks: null }
    case 'by host and day':
      return { codes: both, blocks: days }
    case 'by day':
      return { codes: days, blocks: null }
    case 'by host':
      return { codes: hosts, blocks: null }
  }
}
