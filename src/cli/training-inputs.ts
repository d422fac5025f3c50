import { existsSync } from 'node:fs'
import { constants, copyFile, cp, lstat, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { KnownError } from '../errors.ts'
import { type BundlePlace, bundleFolders } from '../forecast/bundle-place.ts'
import { backUp } from '../store/back-up.ts'
import { openStore } from '../store/open-store.ts'

/** What `foretoken train` reads of a folder of tables; the last one may be missing. */
const TABLES = ['tasks.csv', 'grams.csv', 'spend.csv', 'caching.csv', 'ideas.csv'] as const

/** Copies the tables of a folder, and nothing else that lies there. @throws KnownError file-not-found, file-unreadable */
export async function copyTables(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const name of TABLES) {
    const file = join(from, name)
    await copyFile(file, join(to, name), constants.COPYFILE_EXCL).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' && name === 'ideas.csv') return
      if (cause.code === 'ENOENT') throw new KnownError('file-not-found', file, { cause })
      throw new KnownError('file-unreadable', `${file} (${cause.code})`, { cause })
    })
  }
}

/** Copies a store as it is at one moment, while it is in use. @throws KnownError store-not-found, store-foreign, store-failed */
async function copyStore(from: string, to: string): Promise<void> {
  const store = openStore(from, { create: false })
  try {
    await backUp(store, to)
  } finally {
    store.close()
  }
}

/** Copies what a folder of bundles has: them, and which of them is in force. */
async function copyBundles(from: string, to: string): Promise<void> {
  const isWanted = async (path: string): Promise<boolean> => {
    const found = await lstat(path)
    if (found.isDirectory()) return true
    return found.isFile() && ['model.json', 'card.md', 'in-force.json'].includes(basename(path))
  }
  await cp(from, to, { recursive: true, filter: isWanted }).catch((cause: NodeJS.ErrnoException) => {
    throw new KnownError('file-unreadable', `${from} (${cause.code})`, { cause })
  })
}

/** Where a training on the runs of a store finds them, with the bundles that it begins from. */
export interface StoreInputs {
  /** The store, absolute. */
  readonly store: string
  readonly models: BundlePlace
}

/**
 * Puts what `foretoken train --from-store` reads into a folder: the store as it is at one moment, and all bundles; of two
 * with one name one's own. Gives the arguments that name them there.
 * @throws KnownError store-not-found, store-foreign, store-failed, file-unreadable
 */
export async function bringStore(
  workspace: string,
  { store, models }: StoreInputs,
): Promise<readonly string[]> {
  await copyStore(store, join(workspace, 'store.db'))
  for (const folder of bundleFolders(models).toReversed()) {
    if (existsSync(folder)) await copyBundles(folder, join(workspace, 'models'))
  }
  return ['--from-store', '--db', 'store.db', '--models', 'models']
}
