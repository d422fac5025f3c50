import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { holdAlone } from '../store/hold-alone.ts'
import { openStore, type Store } from '../store/open-store.ts'
import type { Closing } from './service-options.ts'
import { openWriter, type Writer } from './writer/writer.ts'

/** The store of the service: to read from, and to write into. */
export interface Kept {
  readonly store: Store
  readonly writer: Writer
  /** Where everything lies that is not in the store. */
  readonly folder: string
}

/**
 * Opens the store. @param isAlone nobody else may be the service of this store
 * @throws KnownError service-running, store-*
 */
export async function openKept(database: string, isAlone: boolean, closing: Closing): Promise<Kept> {
  const folder = dirname(database)
  if (isAlone) {
    mkdirSync(folder, { recursive: true })
    closing(holdAlone(join(folder, 'service.lock'), database))
    // What a killed one was being sent.
    await rm(join(folder, 'uploads'), { recursive: true, force: true })
  }
  const writer = await openWriter(database)
  closing(writer.close)
  const store = openStore(database, { create: true })
  closing(() => store.close())
  return { store, writer, folder }
}
