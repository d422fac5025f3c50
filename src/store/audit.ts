import type { Store } from './open-store.ts'
import { storeFailure } from './store-failure.ts'

/** Who did what, when and from where. Neither secrets nor the text of issues belong in it. */
export interface AuditEntry {
  readonly atMs: number
  /** The id of a key; `loopback` or `command line`. */
  readonly actor: string
  /** Such as `key.create`: what was done it to, a dot, what was done. */
  readonly action: string
  /** The id of what it was done to; null = nothing that has one. */
  readonly subject: string | null
  /** Request-Id; null = no request. */
  readonly request: string | null
  /** Of the client; null = no network. */
  readonly address: string | null
  readonly detail: string | null
}

/** Longer texts are cut: a client writes some of them. */
const MOST_CHARS = 500

/** Adds entries, all or none. @throws KnownError `store-failed` */
export function writeAudit({ database, file }: Store, entries: readonly AuditEntry[]): void {
  try {
    const insert = database.prepare<(string | null)[]>(
      'INSERT INTO audit (at, actor, action, subject, request, address, detail) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    const all = database.transaction(() => {
      for (const { atMs, ...entry } of entries) {
        const { actor, action, subject, request, address, detail } = entry
        const texts = [actor, action, subject, request, address, detail].map(cut)
        insert.run(new Date(atMs).toISOString(), ...texts)
      }
    })
    all.immediate()
  } catch (error) {
    throw storeFailure(error, file)
  }
}

const cut = (text: string | null): string | null =>
  text !== null && text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS - 1).toWellFormed()}…` : text

interface Row extends Omit<AuditEntry, 'atMs'> {
  readonly at: string
}

/** The newest entries, newest first. */
export function readAudit({ database }: Store, most: number): readonly AuditEntry[] {
  const rows = database.prepare<[number], Row>(
    'SELECT at, actor, action, subject, request, address, detail FROM audit ORDER BY row DESC LIMIT ?',
  )
  return rows.all(most).map(({ at, ...entry }) => ({ atMs: Date.parse(at), ...entry }))
}
