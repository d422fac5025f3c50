import Database from 'better-sqlite3'
import { KnownError } from '../errors.ts'
import { storeFailure } from './store-failure.ts'

/**
 * Holds a file that no other process can hold meanwhile: the lock of an open transaction, which the system ends with the
 * process, however that ends. Gives what lets it go.
 * @throws KnownError `service-running` where another holds it, `store-failed`
 */
export function holdAlone(file: string, what: string): () => void {
  const release = holdIfFree(file)
  if (release === null) throw new KnownError('service-running', what)
  return release
}

/** The same; null where another holds it. @throws KnownError `store-failed` */
export function holdIfFree(file: string): (() => void) | null {
  let lock: Database.Database | undefined
  try {
    lock = new Database(file, { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw storeFailure(error, file)
  }
  return () => lock.close()
}
