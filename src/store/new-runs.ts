import type { Store } from './open-store.ts'

/** More are not counted: whoever asks wants to know whether there are enough. */
const MOST_COUNTED = 10_000

/** Tells how many runs have come since a moment, which is the row of the last run then. */
export function newRuns({ database }: Store) {
  const last = database.prepare<[], number>('SELECT coalesce(max(row), 0) FROM runs').pluck()
  const count = database
    .prepare<[number, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM runs WHERE row > ? AND superseded_by IS NULL LIMIT ?)',
    )
    .pluck()
  return {
    /** The row of the last run; 0 = there is none. */
    last: (): number => last.get() ?? 0,
    /** Runs that no other stands for, behind that row; at most 10,000. */
    since: (row: number): number => count.get(row, MOST_COUNTED) ?? 0,
  }
}

export type NewRuns = ReturnType<typeof newRuns>
