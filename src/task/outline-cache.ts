import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { KnownError } from '../errors.ts'
import type { Family } from './language.ts'
import { isOutline, type Outline } from './outline.ts'

/** Outlines kept by content: a file that did not change between commits is never read again. */
export interface OutlineCache {
  get(blob: string, family: Family): Outline | undefined
  /** Keeps many at once, all or none. */
  putAll(entries: Iterable<readonly [blob: string, family: Family, outline: Outline]>): void
  close(): void
}

const FILE = 'outlines.db'

/**
 * Opens the cache in `folder`, or one in memory when `folder` is null. A damaged cache is thrown away and begun
 * again: everything in it can be read from the repository.
 */
export function openOutlineCache(folder: string | null): OutlineCache {
  if (folder === null) return new SqliteCache(open(':memory:'))
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new KnownError('file-not-written', folder, { cause })
  }
  const file = join(folder, FILE)
  try {
    return new SqliteCache(open(file))
  } catch (cause) {
    if (!isDamage(cause)) throw new KnownError('file-not-written', file, { cause })
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
    return new SqliteCache(open(file))
  }
}

function open(file: string): Database.Database {
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = OFF') // what is lost in a crash is read again
  database.exec('CREATE TABLE IF NOT EXISTS outlines (key TEXT PRIMARY KEY, outline BLOB NOT NULL)')
  return database
}

function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
}

class SqliteCache implements OutlineCache {
  readonly #database: Database.Database
  readonly #select: Database.Statement<[string], Buffer>
  readonly #insert: Database.Statement<[string, Buffer]>

  constructor(database: Database.Database) {
    this.#database = database
    this.#select = database.prepare<[string], Buffer>('SELECT outline FROM outlines WHERE key = ?').pluck()
    this.#insert = database.prepare('INSERT OR REPLACE INTO outlines (key, outline) VALUES (?, ?)')
  }

  get(blob: string, family: Family): Outline | undefined {
    const bytes = this.#select.get(key(blob, family))
    if (bytes === undefined || bytes.length % 4 !== 0) return undefined
    const outline = aligned(bytes)
    return isOutline(outline) ? outline : undefined
  }

  putAll(entries: Iterable<readonly [string, Family, Outline]>): void {
    const insertAll = this.#database.transaction(() => {
      for (const [blob, family, outline] of entries) {
        this.#insert.run(
          key(blob, family),
          Buffer.from(outline.buffer, outline.byteOffset, outline.byteLength),
        )
      }
    })
    insertAll.immediate()
  }

  close(): void {
    this.#database.close()
  }
}

const key = (blob: string, family: Family): string => `${blob}${family[0]}`

/** The words of a buffer; copied only where they do not begin on a word. */
function aligned(bytes: Buffer): Outline {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}
