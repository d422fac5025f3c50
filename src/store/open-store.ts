import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { KnownError } from '../errors.ts'
import { modelKey } from '../forecast/model-key.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'
import { storeFailure } from './store-failure.ts'

/** An open store: one SQLite file. */
export interface Store {
  readonly file: string
  readonly database: Database.Database
  close(): void
}

/** Another process may be writing: so long is waited for it. */
const WAIT_MS = 60_000
const RETRY_MS = 10

/** Marks the file as ours (SQLite's application_id): "FTKN". */
const APPLICATION_ID = 0x46544b4e

export interface StoreOptions {
  /** False: it is an error when there is none yet. */
  readonly create: boolean
  /** Tests stop at an earlier version. */
  readonly migrations?: readonly Migration[]
}

/**
 * Opens the store in `file`, and brings it to this version.
 * @throws KnownError `store-not-found`, `store-foreign` (another program's, or a newer version's), `store-failed`
 */
export function openStore(file: string, { create, migrations = MIGRATIONS }: StoreOptions): Store {
  if (!create && !existsSync(file)) throw new KnownError('store-not-found', file)
  let database: Database.Database | undefined
  try {
    mkdirSync(dirname(file), { recursive: true })
    database = new Database(file, { timeout: WAIT_MS })
    prepare(database, file, migrations)
    return { file, database, close: () => database?.close() }
  } catch (error) {
    database?.close()
    throw storeFailure(error, file)
  }
}

function prepare(database: Database.Database, file: string, migrations: readonly Migration[]): void {
  checkOwner(database, file)
  useLog(database)
  // What is committed survives the process being killed; the last transactions may be lost with the power.
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  database.function('model_key', { deterministic: true }, (model) => modelKey(String(model)))
  migrate(database, file, migrations)
}

/**
 * Turns the write-ahead log on, which stays on. While another process does the same to a new file SQLite refuses at once
 * instead of waiting.
 */
function useLog(database: Database.Database): void {
  const untilMs = performance.now() + WAIT_MS
  for (;;) {
    try {
      database.pragma('journal_mode = WAL')
      return
    } catch (error) {
      const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
      if (!isBusy || performance.now() > untilMs) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

function checkOwner(database: Database.Database, file: string): void {
  // Both at one moment: another process may be making the store.
  const look = database.transaction(() => ({
    owner: database.pragma('application_id', { simple: true }),
    isEmpty: database.prepare('SELECT count(*) FROM sqlite_master').pluck().get() === 0,
  }))
  const { owner, isEmpty } = look.deferred()
  if (owner === APPLICATION_ID || (owner === 0 && isEmpty)) return
  throw new KnownError('store-foreign', `${file} belongs to another program`)
}

/** Runs what is missing, all or nothing, and once, however many processes open the file at the same time. */
function migrate(database: Database.Database, file: string, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0
  const versionNow = () => Number(database.pragma('user_version', { simple: true }))
  if (versionNow() === newest) return
  const run = database.transaction(() => {
    const version = versionNow()
    if (version > newest) {
      throw new KnownError('store-foreign', `${file} has version ${version}, this program knows ${newest}`)
    }
    for (const step of migrations.filter((step) => step.version > version)) {
      database.exec(step.sql)
      database.pragma(`user_version = ${step.version}`)
    }
    database.pragma(`application_id = ${APPLICATION_ID}`)
  })
  run.immediate()
}
