import type { Store } from './open-store.ts'

/** What was answered to a request with an Idempotency-Key: the same request again gets the same. */
export interface IdempotentAnswer {
  readonly actor: string
  readonly key: string
  /** SHA-256 of method, path and body. */
  readonly fingerprint: Uint8Array
  /** ISO 8601. */
  readonly at: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Row {
  readonly fingerprint: Buffer
  readonly at: string
  readonly status: number
  readonly headers: string
  readonly body: string
}

/** Keeps answers, the first of each key. Call it in the transaction of what the request did. */
export function idempotentKeeper({ database }: Store) {
  const insert = database.prepare<(string | number | Uint8Array)[]>(
    `INSERT INTO idempotent (actor, key, fingerprint, at, status, headers, body) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const drop = database.prepare<[string]>('DELETE FROM idempotent WHERE at < ?')
  return {
    keep({ actor, key, fingerprint, at, status, headers, body }: IdempotentAnswer): void {
      insert.run(actor, key, fingerprint, at, status, JSON.stringify(headers), body)
    },
    /** Those from before are forgotten. */
    dropBefore: (at: string): number => drop.run(at).changes,
  }
}

/** Finds what was answered; null = the key is new. */
export function idempotentReader({ database }: Store) {
  const find = database.prepare<[string, string], Row>('SELECT * FROM idempotent WHERE actor = ? AND key = ?')
  return (actor: string, key: string): IdempotentAnswer | null => {
    const row = find.get(actor, key)
    return row === undefined
      ? null
      : {
          actor,
          key,
          fingerprint: row.fingerprint,
          at: row.at,
          status: row.status,
          headers: JSON.parse(row.headers) as Record<string, string>,
          body: row.body,
        }
  }
}
