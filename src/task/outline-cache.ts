import type Database from 'better-sqlite3'
import { CacheFile } from './cache-file.ts'
import type { CommitCache } from './commit-cache.ts'
import type { Family } from './language.ts'
import { isOutline, type Outline } from './outline.ts'

/** Outlines kept by content: a file that did not change between commits is never read again. */
export interface OutlineCache {
  get(blob: string, family: Family): Outline | undefined
  /** Keeps many at once, all or none. */
  putAll(entries: Iterable<readonly [blob: string, family: Family, outline: Outline]>): void
  /** What commits touched, kept beside the outlines. */
  readonly commits: CommitCache
  close(): void
}

/**
 * Opens the cache in `folder`, or one in memory when `folder` is null.
 * @throws KnownError file-not-written
 */
export function openOutlineCache(folder: string | null): OutlineCache {
  const file = new CacheFile(folder, prepare)
  return {
    get: (blob, family) => file.use(({ outline }) => outlineFrom(outline.get(key(blob, family)))),
    putAll: (entries) => {
      const rows = Array.from(
        entries,
        ([blob, family, outline]) => [key(blob, family), bytesOf(outline)] as const,
      )
      if (rows.length > 0) file.use(({ putOutlines }) => putOutlines.immediate(rows))
    },
    commits: {
      get: (id) => file.use(({ paths }) => pathsFrom(paths.get(id))),
      putAll: (entries) => {
        const rows = Array.from(entries, ([id, paths]) => [id, paths.join('\0')] as const)
        if (rows.length > 0) file.use(({ putPaths }) => putPaths.immediate(rows))
      },
    },
    close: () => file.close(),
  }
}

function prepare(database: Database.Database) {
  const many = (sql: string) => {
    const statement = database.prepare(sql)
    return database.transaction((rows: readonly (readonly [string, string | Buffer])[]) => {
      for (const row of rows) statement.run(...row)
    })
  }
  return {
    outline: database.prepare<[string], unknown>('SELECT outline FROM outlines WHERE key = ?').pluck(),
    putOutlines: many('INSERT OR REPLACE INTO outlines (key, outline) VALUES (?, ?)'),
    paths: database.prepare<[string], unknown>('SELECT paths FROM commit_paths WHERE id = ?').pluck(),
    putPaths: many('INSERT OR REPLACE INTO commit_paths (id, paths) VALUES (?, ?)'),
  }
}

const key = (blob: string, family: Family): string => `${blob}${family[0]}`

const bytesOf = ({ buffer, byteOffset, byteLength }: Outline): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)

/** The words of a kept outline; copied only where they do not begin on a word. */
function outlineFrom(bytes: unknown): Outline | undefined {
  if (!Buffer.isBuffer(bytes) || bytes.length % 4 !== 0) return undefined
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(bytes)
  const outline = new Uint32Array(buffer as ArrayBuffer, byteOffset, length / 4)
  return isOutline(outline) ? outline : undefined
}

/** No path contains a NUL, and a commit may touch none. */
function pathsFrom(text: unknown): readonly string[] | undefined {
  if (typeof text !== 'string') return undefined
  return text === '' ? [] : text.split('\0')
}
