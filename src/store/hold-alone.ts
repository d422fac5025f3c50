import Database from 'better-sqlite3'
import { KnownError } from '../errors.ts'
import { storeFailure } from './store-failure.ts'

/**
 * Holds a file that no other process can hold meanwhile: the lock of an open transaction, which the system ends with the
 * process, however that ends. Gives what lets it go.
 * @throws KnownError `service-running` where another holds it, `store-failed`
 */
export function holdAlone(file: string, what: string): () => void {
  let lock: Database.Database | undefined
  try {
    lock = new Database(file, { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    const isHeld = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
    throw isHeld ? new KnownError('service-running', what) : storeFailure(error, file)
  }
  return () => lock.close()
}
