import { type EstimatedTask, estimateKeeper, type KeptForecast } from './keep-estimates.ts'
import type { Store } from './open-store.ts'

/** What the service answered to one request: the forecasts of a task, made at once. */
export interface Answer {
  readonly id: string
  /** ISO 8601. */
  readonly madeAt: string
  /** Who asked: the id of a key, or `loopback`. */
  readonly actor: string
  readonly task: EstimatedTask
  readonly title: string
  /** Source files that could not be read. */
  readonly unread: number
  readonly forecasts: readonly KeptForecast[]
}

/** An answer as it is read again. */
export interface StoredAnswer {
  readonly id: string
  readonly madeAt: string
  readonly actor: string
  readonly task: string
  readonly title: string
  readonly repository: string | null
  readonly commit: string | null
  readonly unread: number
  /** JSON of each `Estimate`, as it was given. */
  readonly documents: readonly string[]
}

/** So many tasks are remembered by their rows. */
const MOST_REMEMBERED = 10_000

/** Keeps answers one after the other. Call it in a transaction, and `forget` after one that was rolled back. */
export function answerKeeper(store: Store) {
  const { database } = store
  const estimates = estimateKeeper(store)
  const insert = database.prepare<(string | number | null)[]>(
    `INSERT INTO answers (id, made_at, actor, task, title, commit_id, unread) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const link = database.prepare<[number, number, number]>(
    'INSERT INTO answer_forecasts (answer, place, estimate) VALUES (?, ?, ?)',
  )
  let kept = 0
  return {
    forget: estimates.forget,
    keep({ id, madeAt, actor, task, title, unread, forecasts }: Answer): void {
      if (++kept % MOST_REMEMBERED === 0) estimates.forget()
      const { task: row, rows } = estimates.keep(task, forecasts, madeAt)
      const answer = Number(insert.run(id, madeAt, actor, row, title, task.commit, unread).lastInsertRowid)
      rows.forEach((estimate, place) => {
        link.run(answer, place, estimate)
      })
    },
  }
}

interface Row {
  readonly row: number
  readonly id: string
  readonly made_at: string
  readonly actor: string
  readonly task_id: string
  readonly title: string
  readonly repository: string | null
  readonly commit_id: string | null
  readonly unread: number
}

/** Which answers are asked for; null = all. */
export interface AnswerFilter {
  /** `owner/name`. */
  readonly repository: string | null
  /** The id of the task. */
  readonly task: string | null
}

/** Reads answers, with the statements prepared once. */
export function answerReader({ database }: Store) {
  const select = `SELECT answers.row, answers.id, answers.made_at, answers.actor, tasks.id AS task_id,
    answers.title, nullif(tasks.repository, '') AS repository, answers.commit_id, answers.unread
    FROM answers JOIN tasks ON tasks.row = answers.task`
  const find = database.prepare<[string], Row>(`${select} WHERE answers.id = ?`)
  const page = database.prepare<[Record<string, unknown>], Row>(`${select}
    WHERE answers.row < @before AND (@repository IS NULL OR tasks.repository = @repository)
      AND (@task IS NULL OR tasks.id = @task)
    ORDER BY answers.row DESC LIMIT @most`)
  const documents = database
    .prepare<[number], string>(
      `SELECT estimates.document FROM answer_forecasts JOIN estimates ON estimates.row = estimate
       WHERE answer = ? ORDER BY place`,
    )
    .pluck()
  const stored = (row: Row): StoredAnswer => ({
    id: row.id,
    madeAt: row.made_at,
    actor: row.actor,
    task: row.task_id,
    title: row.title,
    repository: row.repository,
    commit: row.commit_id,
    unread: row.unread,
    documents: documents.all(row.row),
  })
  return {
    /** Null where there is none. */
    find: (id: string): StoredAnswer | null => {
      const row = find.get(id)
      return row === undefined ? null : stored(row)
    },
    /** The newest first, older than `before` (a row; null = from the newest). `next` null = there are no more. */
    page(filter: AnswerFilter, before: number | null, most: number) {
      const asked = { ...filter, before: before ?? Number.MAX_SAFE_INTEGER, most: most + 1 }
      const rows = page.all(asked)
      const shown = rows.slice(0, most)
      return { answers: shown.map(stored), next: rows.length > most ? (shown.at(-1)?.row ?? null) : null }
    },
  }
}
