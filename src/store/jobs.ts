import type { Store } from './open-store.ts'

/** What goes on by itself after a request was answered. */
export const JOB_KINDS = ['run', 'training'] as const
export type JobKind = (typeof JOB_KINDS)[number]

/** `interrupted`: the service was ended meanwhile. */
export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const
export type JobState = (typeof JOB_STATES)[number]

/** A job as it is kept. */
export interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly actor: string
  /** What was asked, checked. */
  readonly asked: unknown
  readonly state: JobState
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** What came of it; null = nothing yet. */
  readonly answer: unknown
  /** Why it failed: `{code, title, detail, fix}`. */
  readonly failure: unknown
}

/** What happened in a job, numbered from 1. */
export interface JobEvent {
  readonly place: number
  readonly at: string
  readonly event: string
  /** JSON. */
  readonly data: string
}

/** A change of a job. */
export interface JobChange {
  readonly id: string
  readonly state: JobState
  readonly startedAt?: string
  readonly endedAt?: string
  readonly answer?: unknown
  readonly failure?: unknown
}

/** Writes jobs. Call it in a transaction. */
export function jobKeeper({ database }: Store) {
  const insert = database.prepare<(string | null)[]>(
    `INSERT INTO jobs (id, kind, actor, asked, state, created_at) VALUES (?, ?, ?, ?, 'queued', ?)`,
  )
  const change = database.prepare<(string | null)[]>(
    `UPDATE jobs SET state = ?, started_at = coalesce(?, started_at), ended_at = coalesce(?, ended_at),
       answer = coalesce(?, answer), failure = coalesce(?, failure) WHERE id = ?`,
  )
  const note = database.prepare<(string | number)[]>(
    `INSERT INTO job_events (job, place, at, event, data) SELECT row, ?, ?, ?, ? FROM jobs WHERE id = ?
     ON CONFLICT DO NOTHING`,
  )
  return {
    begin({ id, kind, actor, asked, createdAt }: Pick<Job, 'id' | 'kind' | 'actor' | 'asked' | 'createdAt'>) {
      insert.run(id, kind, actor, JSON.stringify(asked), createdAt)
    },
    change({ id, state, startedAt, endedAt, answer, failure }: JobChange) {
      const text = (value: unknown): string | null => (value == null ? null : JSON.stringify(value))
      change.run(state, startedAt ?? null, endedAt ?? null, text(answer), text(failure), id)
    },
    note(id: string, { place, at, event, data }: JobEvent) {
      note.run(place, at, event, data, id)
    },
  }
}

interface Row {
  readonly row: number
  readonly id: string
  readonly kind: JobKind
  readonly actor: string
  readonly asked: string
  readonly state: JobState
  readonly created_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly answer: string | null
  readonly failure: string | null
}

/** Reads jobs, with the statements prepared once. */
export function jobReader({ database }: Store) {
  const find = database.prepare<[string], Row>('SELECT * FROM jobs WHERE id = ?')
  const open = database.prepare<[JobKind], Row>(
    `SELECT * FROM jobs WHERE kind = ? AND state IN ('queued', 'running') ORDER BY row`,
  )
  const page = database.prepare<[JobKind, number, number], Row>(
    'SELECT * FROM jobs WHERE kind = ? AND row < ? ORDER BY row DESC LIMIT ?',
  )
  const events = database.prepare<[string, number, number], JobEvent>(
    `SELECT place, at, event, data FROM job_events JOIN jobs ON jobs.row = job
     WHERE jobs.id = ? AND place > ? ORDER BY place LIMIT ?`,
  )
  const last = database
    .prepare<[string], number>(
      'SELECT coalesce(max(place), 0) FROM job_events JOIN jobs ON jobs.row = job WHERE jobs.id = ?',
    )
    .pluck()
  return {
    /** Null where there is none. */
    find: (id: string): Job | null => {
      const row = find.get(id)
      return row === undefined ? null : jobOf(row)
    },
    /** Those that have not ended, the oldest first. */
    open: (kind: JobKind): readonly Job[] => open.all(kind).map(jobOf),
    /** The newest first, older than `before` (a row; null = from the newest). */
    page(kind: JobKind, before: number | null, most: number) {
      const rows = page.all(kind, before ?? Number.MAX_SAFE_INTEGER, most + 1)
      const shown = rows.slice(0, most)
      return { jobs: shown.map(jobOf), next: rows.length > most ? (shown.at(-1)?.row ?? null) : null }
    },
    /** Of the last event of a job; 0 = it has none. */
    lastPlace: (id: string): number => last.get(id) ?? 0,
    /** At most `most` events of a job after the one at `place`. */
    events: (id: string, place: number, most: number): readonly JobEvent[] => events.all(id, place, most),
  }
}

const jobOf = (row: Row): Job => ({
  id: row.id,
  kind: row.kind,
  actor: row.actor,
  asked: JSON.parse(row.asked),
  state: row.state,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  answer: row.answer === null ? null : JSON.parse(row.answer),
  failure: row.failure === null ? null : JSON.parse(row.failure),
})
