import { hash } from 'node:crypto'
import type { Episodes } from './episodes.ts'
import type { Store } from './open-store.ts'

/** Some of the runs of which a table tells parts. */
export interface DrawnRuns {
  /** Places in the episodes, rising. */
  readonly places: readonly number[]
  /** How many there are to draw from. */
  readonly of: number
}

export interface Drawing {
  /** What must be kept of a run one by one. */
  readonly table: 'calls' | 'actions'
  readonly maxRuns: number
  readonly seed: number
}

/**
 * Draws runs of which single calls or actions are kept, each as likely as any other, by the hash of seed and id: the
 * same runs are drawn whenever they are there, whatever else is.
 */
export function drawRuns(
  { database }: Store,
  episodes: Episodes,
  { table, maxRuns, seed }: Drawing,
): DrawnRuns {
  const placeOf = placesByRow(episodes.row)
  const told = database.prepare<[], [row: number, id: string]>(toldIn(table)).raw()
  let drawn: (readonly [key: string, place: number])[] = []
  let of = 0
  for (const [row, id] of told.iterate()) {
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

/** Goes from run to run through the index of the table, past all other rows of each. */
const toldIn = (table: Drawing['table']): string => `
  WITH RECURSIVE told (row) AS (
    SELECT min(run) FROM ${table}
    UNION ALL SELECT (SELECT min(each.run) FROM ${table} AS each WHERE each.run > told.row) FROM told
    WHERE told.row IS NOT NULL)
  SELECT told.row, runs.id FROM told JOIN runs ON runs.row = told.row`

function placesByRow(rows: Int32Array): Int32Array {
  const places = new Int32Array(rows.reduce((last, row) => Math.max(last, row), 0) + 1).fill(-1)
  for (let place = 0; place < rows.length; place++) places[rows[place] as number] = place
  return places
}

const first = <Keyed extends readonly [string, ...unknown[]]>(all: readonly Keyed[], most: number): Keyed[] =>
  all.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, most)
