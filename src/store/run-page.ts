import type { Store } from './open-store.ts'
import {
  boundBy,
  type RunFilter,
  type RunRecord,
  SELECT_RUNS,
  type StoredRun,
  storedRun,
  whereOf,
} from './read-runs.ts'

/** Where a list of runs goes on. `startedAt` null = among those of which it is not known. */
export interface RunPlace {
  readonly startedAt: string | null
  readonly row: number
}

/**
 * A page of runs, those that began last first, and at the end those of which that is not known; after `place` (null = from
 * the beginning). `next` null = there are no more.
 */
export function runPage(
  { database }: Store,
  filter: RunFilter,
  { place, most }: { readonly place: RunPlace | null; readonly most: number },
): { readonly runs: readonly StoredRun[]; readonly next: RunPlace | null } {
  const asked = whereOf(filter)
  const select = (condition: string, order: string): string =>
    `${SELECT_RUNS} ${asked === '' ? 'WHERE' : `${asked} AND`} ${condition} ORDER BY ${order} LIMIT @most`
  const rows: RunRecord[] = []
  const fill = (condition: string, order: string, at: RunPlace): void => {
    const bound = { ...boundBy(filter), at: at.startedAt, row: at.row, most: most + 1 - rows.length }
    rows.push(...database.prepare<[object], RunRecord>(select(condition, order)).all(bound))
  }
  const first = { startedAt: LATEST, row: Number.MAX_SAFE_INTEGER }
  if (place?.startedAt !== null)
    fill('(runs.started_at, runs.row) < (@at, @row)', 'runs.started_at DESC, runs.row DESC', place ?? first)
  if (rows.length <= most)
    fill(
      'runs.started_at IS NULL AND runs.row < @row AND @at IS NULL',
      'runs.row DESC',
      place?.startedAt === null ? place : { startedAt: null, row: Number.MAX_SAFE_INTEGER },
    )
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  return {
    runs: shown.map(storedRun),
    next: rows.length > most && last !== undefined ? { startedAt: last.started_at, row: last.row } : null,
  }
}

/** Sorts behind every moment. */
const LATEST = '~'
