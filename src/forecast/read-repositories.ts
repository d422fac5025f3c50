import { resolve } from 'node:path'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import { readOrigin } from '../task/origin.ts'
import { type OutlineCache, openOutlineCache } from '../task/outline-cache.ts'
import { openRepository } from '../task/repository.ts'
import { readSnapshot, type Snapshot } from '../task/snapshot.ts'

/** A repository as it was read at one commit. */
export interface ReadRepository {
  readonly snapshot: Snapshot
  readonly origin: string | null
}

/** More files than this together are kept only where they are of one repository, the last. */
const MOST_FILES = 60_000

/** Reads repositories through one cache, which is opened when first needed; keeps the last ones read. */
export class RepositoryReader {
  readonly #app: Pick<App, 'cwd' | 'note'>
  readonly #folder: string
  readonly #most: number
  #cache: OutlineCache | undefined
  /** The last used one last. */
  readonly #kept = new Map<string, ReadRepository>()

  constructor(app: Pick<App, 'cwd' | 'note'>, folder: string, most: number) {
    this.#app = app
    this.#folder = folder
    this.#most = most
  }

  async read(path: string, commit: string | null, signal: AbortSignal): Promise<ReadRepository> {
    const repository = await openRepository(resolve(this.#app.cwd, path), commit ?? undefined, signal)
    const key = `${repository.gitDirectory} ${repository.commit}`
    const kept = this.#kept.get(key)
    if (kept !== undefined) return this.#keep(key, kept)
    this.#cache ??= this.#openCache()
    const [origin, snapshot] = await Promise.all([
      readOrigin(repository, signal),
      readSnapshot(repository, this.#cache, signal),
    ])
    return this.#keep(key, { snapshot, origin })
  }

  #keep(key: string, read: ReadRepository): ReadRepository {
    this.#kept.delete(key)
    this.#kept.set(key, read)
    let files = [...this.#kept.values()].reduce((sum, { snapshot }) => sum + snapshot.files.length, 0)
    for (const [old, { snapshot }] of this.#kept) {
      if (old === key || (this.#kept.size <= this.#most && files <= MOST_FILES)) break
      this.#kept.delete(old)
      files -= snapshot.files.length
    }
    return read
  }

  /** A cache that cannot be kept costs time, not the answer. */
  #openCache(): OutlineCache {
    try {
      return openOutlineCache(this.#folder)
    } catch (error) {
      if (!(error instanceof KnownError && error.code === 'file-not-written')) throw error
      this.#app.note(
        `note: ${error.message}: what is read now is not remembered → name a folder with --cache\n`,
      )
      return openOutlineCache(null)
    }
  }

  close(): void {
    this.#cache?.close()
  }
}
