import type { Episodes } from '../../store/episodes.ts'

/** What goes wrong together, and where it may change places; a code per run for both. */
export interface Units {
  readonly codes: Int32Array
  /** Null = anywhere. */
  readonly blocks: Int32Array | null
}

/** Host and day of runs, a code each from 0; runs where one is not recorded share a code of their own. */
export interface Places {
  readonly hosts: Int32Array
  readonly days: Int32Array
  /** Host and day together: infrastructure fails in bursts, many runs of one host on one day. */
  readonly both: Int32Array
}

const DAY_MS = 86_400_000

export function placesOf({ host, startedMs }: Episodes, rows: Int32Array): Places {
  const hosts = rows.map((row) => (host.codes[row] as number) + 1)
  const [hostOf, dayOf, bothOf] = [numbering(), numbering(), numbering()]
  const days = rows.map((row) => {
    const at = startedMs[row] as number
    return dayOf(Number.isNaN(at) ? -1 : Math.floor(at / DAY_MS))
  })
  return {
    hosts: hosts.map(hostOf),
    days,
    both: hosts.map((own, i) => bothOf(own * rows.length + (days[i] as number))),
  }
}

/** Numbers keys from 0 in the order in which they come. */
function numbering(): (key: number) => number {
  const numbers = new Map<number, number>()
  return (key) => {
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  }
}

/** Whether at least half of the runs lie in groups with more than one label. */
export function isMixed(groups: Int32Array, labels: ArrayLike<number>): boolean {
  const first = new Map<number, number>()
  const mixed = new Set<number>()
  for (const [i, group] of groups.entries()) {
    const label = labels[i] as number
    if ((first.get(group) ?? label) !== label) mixed.add(group)
    else first.set(group, label)
  }
  const runs = groups.reduce((sum, group) => sum + (mixed.has(group) ? 1 : 0), 0)
  return 2 * runs >= groups.length
}

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
