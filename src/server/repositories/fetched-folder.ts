import { mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../../errors.ts'
import { folderBytes } from './folder-bytes.ts'

/** A fetched repository that is in use until it is given back. */
export interface TakenRepository {
  readonly path: string
  readonly release: () => void
}

interface Entry {
  readonly bytes: number
  users: number
}

const KEPT = /^([0-9a-f]{64})\.git$/
/** What is being fetched or removed; a process that was killed leaves it behind. */
const PASSING = /^(?:fetching|removing)-(\d+)-/

/** Of this process so far. */
let removed = 0

/**
 * The fetched repositories in a folder, by key (64 hexadecimal digits): what is there under a key is whole. When together
 * they have more than so many bytes those that were not used for longest go, but for those in use.
 */
export class FetchedFolder {
  readonly #folder: string
  readonly #mostBytes: number
  /** Least recently used first. */
  readonly #entries: Map<string, Entry>
  readonly #removals = new Set<Promise<void>>()

  /** @throws KnownError `file-not-written` */
  static async open(folder: string, mostBytes: number): Promise<FetchedFolder> {
    const names = existingNames(folder)
    const leftovers = names.filter((name) => isLeftover(name)).map((name) => join(folder, name))
    await Promise.all(leftovers.map((path) => rm(path, { recursive: true, force: true })))
    const kept = await Promise.all(
      names.flatMap((name) => {
        const key = KEPT.exec(name)?.[1]
        return key === undefined ? [] : [keptAt(key, join(folder, name))]
      }),
    )
    const sorted = kept.sort((a, b) => a.usedMs - b.usedMs)
    return new FetchedFolder(
      folder,
      mostBytes,
      sorted.map(({ key, bytes }) => [key, { bytes, users: 0 }]),
    )
  }

  private constructor(folder: string, mostBytes: number, entries: Iterable<readonly [string, Entry]>) {
    this.#folder = folder
    this.#mostBytes = mostBytes
    this.#entries = new Map(entries)
    this.#shrink(null)
  }

  /** Null where it is not there. */
  take(key: string): TakenRepository | null {
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const path = this.#pathOf(key)
    if (!touch(path)) {
      this.#entries.delete(key)
      return null
    }
    entry.users++
    let isTaken = true
    const release = (): void => {
      if (!isTaken) return
      isTaken = false
      entry.users--
      this.#shrink(null)
    }
    return { path, release }
  }

  /** A new empty folder beside the others, for {@link put}. */
  async temporary(): Promise<string> {
    return mkdtemp(join(this.#folder, `fetching-${process.pid}-`))
  }

  /** Keeps a whole repository that was made in a temporary folder. */
  put(key: string, temporary: string, bytes: number): void {
    try {
      renameSync(temporary, this.#pathOf(key))
    } catch (error) {
      // One of the same commit is there already: this one goes with its folder.
      if (!isNotEmpty(error)) throw error
    }
    this.#entries.set(key, { bytes, users: 0 })
    this.#shrink(key)
  }

  /** Removes what was made in a temporary folder and is of no use. */
  async discard(temporary: string): Promise<void> {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 })
  }

  /** Waits until nothing is being removed. */
  async settle(): Promise<void> {
    await Promise.all(this.#removals)
  }

  #pathOf(key: string): string {
    return join(this.#folder, `${key}.git`)
  }

  #shrink(spared: string | null): void {
    let bytes = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
    for (const [key, entry] of this.#entries) {
      if (bytes <= this.#mostBytes) return
      if (entry.users > 0 || key === spared) continue
      this.#entries.delete(key)
      bytes -= entry.bytes
      this.#remove(this.#pathOf(key))
    }
  }

  /** Under another name at once, so that its key is free. */
  #remove(path: string): void {
    const removing = join(this.#folder, `removing-${process.pid}-${++removed}`)
    renameSync(path, removing)
    // What cannot be removed now is tried again at the next start.
    const removal = rm(removing, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
    this.#removals.add(removal)
    removal.then(() => this.#removals.delete(removal))
  }
}

function existingNames(folder: string): readonly string[] {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return readdirSync(folder)
  } catch (cause) {
    throw new KnownError('file-not-written', folder, { cause })
  }
}

function isLeftover(name: string): boolean {
  const pid = PASSING.exec(name)?.[1]
  return pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function keptAt(key: string, path: string) {
  return { key, bytes: await folderBytes(path), usedMs: statSync(path).mtimeMs }
}

/** Notes that it is used now; false where it is gone. */
function touch(path: string): boolean {
  try {
    const now = new Date()
    utimesSync(path, now, now)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

const isNotEmpty = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
