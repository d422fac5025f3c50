import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KnownError } from '../errors.ts'

/** Writes a file whole or not at all: beside its place first, then moved there. @throws KnownError file-not-written */
export async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.part`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(beside, text)
    await rename(beside, file)
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => {}) // the first failure is the one to tell
    throw new KnownError('file-not-written', file, { cause })
  }
}
