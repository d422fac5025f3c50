import type { Episodes } from '../../store/episodes.ts'

const DAY_MS = 86_400_000

/**
 * What goes wrong together: the runs of one host on one day. A code per run, from 0; null unless host and start of every
 * run are known and there are at least two such groups.
 */
export function burstsOf({ host, startedMs }: Episodes, rows: Int32Array): Int32Array | null {
  const numbers = new Map<string, number>()
  const codes = new Int32Array(rows.length)
  for (const [k, row] of rows.entries()) {
    const [machine, at] = [host.codes[row] as number, startedMs[row] as number]
    if (machine < 0 || Number.isNaN(at)) return null
    const key = `${machine} ${Math.floor(at / DAY_MS)}`
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    codes[k] = number
  }
  return numbers.size < 2 ? null : codes
}
