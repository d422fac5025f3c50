import { hash } from 'node:crypto'
import type { Episodes } from './episodes.ts'
import type { Store } from './open-store.ts'

/** Some of the runs of which single calls are kept. */
export interface CalledRuns {
  /** Places in the episodes, rising. */
  readonly places: readonly number[]
  /** How many there are to draw from. */
  readonly of: number
}

export interface Drawing {
  readonly maxRuns: number
  readonly seed: number
}

/**
 * Draws runs of which single calls are kept, each as likely as any other, by the hash of seed and id: the same runs are
 * drawn whenever they are there, whatever else is.
 */
export function drawCalledRuns(
  { database }: Store,
  episodes: Episodes,
  { maxRuns, seed }: Drawing,
): CalledRuns {
  const placeOf = placesByRow(episodes.row)
  const called = database.prepare<[], [row: number, id: string]>(CALLED).raw()
  let drawn: (readonly [key: string, place: number])[] = []
  let of = 0
  for (const [row, id] of called.iterate()) {
    const place = placeOf[row] ?? -1
    if (place < 0) continue
    of++
    drawn.push([hash('sha256', `${seed} ${id}`), place])
    if (drawn.length >= 2 * maxRuns) drawn = first(drawn, maxRuns)
  }
  return {
    places: first(drawn, maxRuns)
      .map(([, place]) => place)
      .sort((a, b) => a - b),
    of,
  }
}

/** Goes from run to run through the index of the calls, past all other calls of each. */
const CALLED = `
  WITH RECURSIVE called (row) AS (
    SELECT min(run) FROM calls
    UNION ALL SELECT (SELECT min(calls.run) FROM calls WHERE calls.run > called.row) FROM called
    WHERE called.row IS NOT NULL)
  SELECT called.row, runs.id FROM called JOIN runs ON runs.row = called.row`

function placesByRow(rows: Int32Array): Int32Array {
  const places = new Int32Array(rows.reduce((last, row) => Math.max(last, row), 0) + 1).fill(-1)
  for (let place = 0; place < rows.length; place++) places[rows[place] as number] = place
  return places
}

const first = <Keyed extends readonly [string, ...unknown[]]>(all: readonly Keyed[], most: number): Keyed[] =>
  all.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, most)
