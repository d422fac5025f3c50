import { constants } from 'node:fs'
import { glob, open, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** No transcript is as long. */
const MOST_BYTES = 64 * 2 ** 20

/**
 * A file that an agent left in a folder of its own; null = there is none. Links are not followed, neither in the path nor at
 * its end: the runner may read what the agent may not. Of a longer file the beginning is taken.
 */
export async function readOwnFile(folder: string, path: string): Promise<Buffer | null> {
  const root = await realpath(folder)
  const file = join(root, path)
  if (!file.startsWith(`${root}/`)) return null
  if ((await realpath(file).catch(() => null)) !== file) return null
  // Without waiting for who writes into a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await open(file, flags)
  try {
    const found = await handle.stat()
    if (!found.isFile()) return null
    const bytes = Buffer.alloc(Math.min(found.size, MOST_BYTES))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The file of a path, or the first, by name, of a pattern of paths; null = there is none. */
export async function findOwnFile(folder: string, pattern: string): Promise<Buffer | null> {
  const exact = await readOwnFile(folder, pattern)
  if (exact !== null) return exact
  const found: string[] = []
  for await (const path of glob(pattern, { cwd: folder })) found.push(path)
  for (const path of found.sort()) {
    const bytes = await readOwnFile(folder, path)
    if (bytes !== null) return bytes
  }
  return null
}
