import { open, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file so that also a machine that loses its power has the old or the new one, whole. Two writers of one file
 * must not meet: see `asOneWriter`. @throws the error of the file system
 */
export async function writeDurable(file: string, text: string): Promise<void> {
  const beside = join(dirname(file), `.${basename(file)}.part`)
  await writeSynced(beside, text)
  await rename(beside, file)
  await syncFolder(dirname(file))
}

/** Writes a file, and waits until it is on the disk. */
export async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Waits until the names in a folder are on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; it keeps their names by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
