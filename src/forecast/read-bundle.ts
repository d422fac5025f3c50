import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../errors.ts'
import { type Bundle, parseBundle } from './bundle.ts'

/** Ids of the bundles in a folder, sorted; an absent folder has none. */
export async function listBundles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

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
  const file = join(folder, chosen, 'model.json')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new KnownError('bundle-corrupt', `${file} cannot be read`, { cause })
  })
  return parseBundle(text, file)
}
