import { access, constants, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KnownError } from '../errors.ts'

/** Writes a file whole or not at all: beside its place first, then moved there. @throws KnownError file-not-written */
export const writeWhole = (file: string, text: string | Uint8Array): Promise<void> => write(file, text, 0o666)

/** The same, readable by its owner only. @throws KnownError file-not-written */
export const writePrivate = (file: string, text: string): Promise<void> => write(file, text, 0o600)

async function write(file: string, text: string | Uint8Array, mode: number): Promise<void> {
  const beside = `${file}.${process.pid}.part`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(beside, text, { mode })
    await rename(beside, file)
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => {}) // the first failure is the one to tell
    throw new KnownError('file-not-written', file, { cause })
  }
}

/**
 * Tells before long work whether a folder can be made and written to, without making it: what counts is the nearest
 * folder above it that there is. @throws KnownError file-not-written
 */
export async function checkPlace(folder: string): Promise<void> {
  for (let place = folder; ; place = dirname(place)) {
    const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && dirname(place) !== place) return null
      throw new KnownError('file-not-written', folder, { cause: error })
    })
    if (found === null) continue
    if (!found.isDirectory()) throw new KnownError('file-not-written', `${folder}: ${place} is a file`)
    return access(place, constants.W_OK).catch((cause: unknown) => {
      throw new KnownError('file-not-written', folder, { cause })
    })
  }
}
