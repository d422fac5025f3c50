import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../errors.ts'
import { checkShape, parseJson } from '../json.ts'
import { type BundlePlace, ownFolder } from './bundle-place.ts'
import { type BundleInForce, IN_FORCE_FILE, InForceFile } from './in-force.ts'

/**
 * Which bundle was put in force; null = none was, so that the last by name is.
 * @throws KnownError in-force-malformed, file-unreadable
 */
export async function readInForce(place: BundlePlace): Promise<BundleInForce | null> {
  const file = join(ownFolder(place), IN_FORCE_FILE)
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return null
    throw new KnownError('file-unreadable', `${file} (${cause.code})`, { cause })
  })
  if (text === null) return null
  const code = 'in-force-malformed'
  const inForce = checkShape(InForceFile, parseJson(text, file, code), file, code)
  const last = inForce.history.at(-1)?.bundle
  if (last === inForce.bundle) return inForce
  throw new KnownError(code, `${file}: ${inForce.bundle} is in force, ${last} came last`)
}
