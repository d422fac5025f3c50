import { access, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../errors.ts'
import { type Bundle, parseBundle } from './bundle.ts'

const FILE = 'model.json'
/** No bundle is this large; a file that is, is something else and is not read. */
const MAX_BYTES = 256 * 1024 * 1024

/** Ids of the bundles in a folder, sorted; an absent folder has none. */
export async function listBundles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder).catch(() => [])
  const there = await Promise.all(entries.map((id) => exists(join(folder, id, FILE))))
  return entries.filter((_, index) => there[index]).sort()
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

/**
 * Reads a bundle by its id; null = the last by name.
 * @throws KnownError bundle-not-found, bundle-corrupt
 */
export async function readBundle(folder: string, id: string | null): Promise<Bundle> {
  const known = await listBundles(folder)
  const chosen = id ?? known.at(-1)
  if (chosen === undefined || !known.includes(chosen)) {
    throw new KnownError('bundle-not-found', `${chosen ?? 'any'} in ${folder}`, {
      ...(known.length > 0 ? { fix: `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}` } : {}),
    })
  }
  const file = join(folder, chosen, FILE)
  return parseBundle(await readText(file), file)
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size <= MAX_BYTES) return await readFile(file, 'utf8')
    throw new KnownError('bundle-corrupt', `${file} has ${size.toLocaleString('en-US')} bytes`)
  } catch (cause) {
    if (cause instanceof KnownError) throw cause
    throw new KnownError('bundle-corrupt', `${file} cannot be read`, { cause })
  }
}
