import { timingSafeEqual } from 'node:crypto'
import { KnownError } from '../errors.ts'
import { hashOfSecret, newApiKeyText, parseApiKey, writeApiKey } from './api-key-text.ts'
import { writeAudit } from './audit.ts'
import type { Store } from './open-store.ts'
import { storeFailure } from './store-failure.ts'

/** A key of the service, without its secret. Times are ISO 8601. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** As they were written; what means nothing to this version allows nothing. */
  readonly scopes: readonly string[]
  readonly createdAt: string
  /** Null = never. */
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  /** To the minute; null = not yet. */
  readonly lastUsedAt: string | null
}

/** What a new key is to be. */
export interface NewApiKey {
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresMs: number | null
}

/** Who does it, and when. */
export interface Doing {
  readonly actor: string
  readonly atMs: number
}

/**
 * Makes a key and tells its whole text, which nobody can tell again: the store holds a hash.
 * @throws KnownError `store-failed`
 */
export function createApiKey(store: Store, wanted: NewApiKey, doing: Doing): { key: string; kept: ApiKey } {
  const text = newApiKeyText()
  const { name, scopes, expiresMs } = wanted
  const kept: ApiKey = {
    id: text.id,
    name,
    scopes,
    createdAt: new Date(doing.atMs).toISOString(),
    expiresAt: expiresMs === null ? null : new Date(expiresMs).toISOString(),
    revokedAt: null,
    lastUsedAt: null,
  }
  together(store, () => {
    store.database
      .prepare<(string | Buffer | null)[]>(
        'INSERT INTO api_keys (id, name, hash, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(text.id, name, hashOfSecret(text.secret), JSON.stringify(scopes), kept.createdAt, kept.expiresAt)
    audit(store, doing, { action: 'key.create', subject: text.id, detail: `scopes ${scopes.join(' ')}` })
  })
  return { key: writeApiKey(text), kept }
}

/** Every key, the newest first. */
export const listApiKeys = ({ database }: Store): readonly ApiKey[] =>
  database.prepare<[], Row>('SELECT * FROM api_keys ORDER BY created_at DESC, id').all().map(apiKeyOf)

/**
 * Ends a key for good, at once, for every process: each request reads it. One that is revoked stays as it is.
 * @throws KnownError `key-not-found`, `store-failed`
 */
export function revokeApiKey(store: Store, id: string, doing: Doing): ApiKey {
  const { database } = store
  return together(store, () => {
    const { changes } = database
      .prepare<[string, string]>('UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
      .run(new Date(doing.atMs).toISOString(), id)
    const row = database.prepare<[string], Row>('SELECT * FROM api_keys WHERE id = ?').get(id)
    if (row === undefined) throw new KnownError('key-not-found', id)
    if (changes > 0) audit(store, doing, { action: 'key.revoke', subject: id, detail: null })
    return apiKeyOf(row)
  })
}

/** Looks keys up, each time anew: what another process has revoked is refused from then on. */
export interface ApiKeyReader {
  /** The key that a text is; null = there is none such, or its secret is another. It may be out of date, or revoked. */
  match(text: string): ApiKey | null
  find(id: string): ApiKey | null
}

export function apiKeyReader({ database }: Store): ApiKeyReader {
  const select = database.prepare<[string], Row>('SELECT * FROM api_keys WHERE id = ?')
  return {
    match: (text) => {
      // For an unknown id, and for what is no key at all, as much is done as for a known one.
      const { id, secret } = parseApiKey(text) ?? { id: '', secret: text }
      const row = select.get(id)
      const isEqual = timingSafeEqual(hashOfSecret(secret), row?.hash ?? NO_HASH)
      return row !== undefined && isEqual ? apiKeyOf(row) : null
    },
    find: (id) => {
      const row = select.get(id)
      return row === undefined ? null : apiKeyOf(row)
    },
  }
}

const NO_HASH = Buffer.alloc(32)

/** Whether a key opens anything at a time. */
export const isInForce = ({ expiresAt, revokedAt }: ApiKey, nowMs: number): boolean =>
  revokedAt === null && (expiresAt === null || nowMs < Date.parse(expiresAt))

/** Notes when keys were last used. @throws KnownError `store-failed` */
export function writeKeyUses(store: Store, uses: ReadonlyMap<string, number>): void {
  const update = store.database.prepare<[string, string]>('UPDATE api_keys SET last_used_at = ? WHERE id = ?')
  together(store, () => {
    for (const [id, atMs] of uses) update.run(new Date(atMs).toISOString(), id)
  })
}

interface Row {
  readonly id: string
  readonly name: string
  readonly hash: Buffer
  readonly scopes: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
  readonly last_used_at: string | null
}

const apiKeyOf = (row: Row): ApiKey => ({
  id: row.id,
  name: row.name,
  scopes: JSON.parse(row.scopes) as readonly string[],
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  lastUsedAt: row.last_used_at,
})

function together<Answer>({ database, file }: Store, work: () => Answer): Answer {
  try {
    return database.transaction(work).immediate()
  } catch (error) {
    throw storeFailure(error, file)
  }
}

const audit = (
  store: Store,
  doing: Doing,
  what: { readonly action: string; readonly subject: string; readonly detail: string | null },
): void => writeAudit(store, [{ ...doing, ...what, request: null, address: null }])
