import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file that is kept, by its content. */
export interface KeptFile {
  readonly sha256: string
  readonly bytes: number
}

/** Where a file with this content lies in the folder. */
export const keptAt = (folder: string, sha256: string): string =>
  join(folder, sha256.slice(0, 2), sha256.slice(2))

/** Keeps bytes under their SHA-256; the same bytes are kept once. Whole, or not at all. */
export async function keepFile(folder: string, bytes: Uint8Array): Promise<KeptFile> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = keptAt(folder, sha256)
  if (!existsSync(file)) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeWhole(file, bytes)
  }
  return { sha256, bytes: bytes.byteLength }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.${randomUUID()}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    await handle.writeFile(bytes)
    await handle.sync()
    await handle.close()
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
