import type { Outcome } from '../trajectory/run.ts'
import type { Store } from './open-store.ts'
import { storeFailure } from './store-failure.ts'

/** One attempt at a run, as the store keeps it. */
export interface StoredAttempt {
  readonly id: string
  /** The run that came of it; null = none was opened. */
  readonly run: string | null
  /** From 1: further ones follow infra errors. */
  readonly place: number
  readonly startedAt: string
  readonly endedAt: string
  readonly outcome: Outcome
  readonly infraReason: string | null
  /** All that is recorded of it: the document `attempt/1`. */
  readonly document: object
}

/**
 * Keeps attempts, each once, however often it is told; the last telling holds, for its run too.
 * @throws KnownError `store-failed`
 */
export function keepAttempts({ database, file }: Store, attempts: readonly StoredAttempt[]): void {
  const keep = database.prepare<(string | number | null)[]>(`
    INSERT INTO attempts (id, run, place, started_at, ended_at, outcome, infra_reason, facts)
    VALUES (?, (SELECT row FROM runs WHERE id = ?), ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET (run, place, started_at, ended_at, outcome, infra_reason, facts) =
      (excluded.run, excluded.place, excluded.started_at, excluded.ended_at, excluded.outcome,
       excluded.infra_reason, excluded.facts)`)
  const tell = database.prepare<[string, string | null]>('UPDATE runs SET outcome = ? WHERE id = ?')
  const all = database.transaction(() => {
    for (const { id, run, place, startedAt, endedAt, outcome, infraReason, document } of attempts) {
      keep.run(id, run, place, startedAt, endedAt, outcome, infraReason, JSON.stringify(document))
      tell.run(outcome, run)
    }
  })
  try {
    all.immediate()
  } catch (error) {
    throw storeFailure(error, file)
  }
}

interface Row {
  readonly id: string
  readonly run_id: string | null
  readonly place: number
  readonly started_at: string
  readonly ended_at: string
  readonly outcome: Outcome
  readonly infra_reason: string | null
  readonly facts: string
}

/** Every attempt, in the order in which they began. */
export function readAttempts({ database }: Store): readonly StoredAttempt[] {
  const rows = database.prepare<[], Row>(`
    SELECT attempts.*, runs.id AS run_id FROM attempts LEFT JOIN runs ON runs.row = attempts.run
    ORDER BY started_at, attempts.id`)
  return rows.all().map((row) => ({
    id: row.id,
    run: row.run_id,
    place: row.place,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    infraReason: row.infra_reason,
    document: JSON.parse(row.facts) as object,
  }))
}
