import { access, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../errors.ts'
import { type Bundle, parseBundle } from './bundle.ts'
import { type BundlePlace, bundleFolders, ownFolder } from './bundle-place.ts'
import { type BundleInForce, IN_FORCE_FILE } from './in-force.ts'
import { readInForce } from './read-in-force.ts'

const FILE = 'model.json'
/** No bundle is this large; a file that is, is something else and is not read. */
const MAX_BYTES = 256 * 1024 * 1024

/** Ids of the bundles in a place, sorted; an absent folder has none. */
export async function listBundles(place: BundlePlace): Promise<readonly string[]> {
  const found = await Promise.all(bundleFolders(place).map(bundlesIn))
  return [...new Set(found.flat())].sort()
}

async function bundlesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder).catch(() => [])
  // What begins with a dot is being written, or was when its writer was killed.
  const ids = entries.filter((id) => !id.startsWith('.'))
  const there = await Promise.all(ids.map((id) => exists(join(folder, id, FILE))))
  return ids.filter((_, index) => there[index])
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

/** The folder of a bundle, `model.json` and `card.md` in it; null = it is not there. */
export async function findBundle(place: BundlePlace, id: string): Promise<string | null> {
  for (const folder of bundleFolders(place))
    if ((await bundlesIn(folder)).includes(id)) return join(folder, id)
  return null
}

/**
 * The id of the bundle in force: what `in-force.json` says, without it the last by name; null = there is none.
 * @throws KnownError in-force-malformed, file-unreadable
 */
export async function bundleInForce(place: BundlePlace): Promise<string | null> {
  const written = await readInForce(place)
  return written?.bundle ?? (await listBundles(place)).at(-1) ?? null
}

/**
 * Reads a bundle by its id; null = the one in force. One that cannot be read is never replaced by another in silence.
 * @throws KnownError bundle-not-found, bundle-corrupt, in-force-malformed, file-unreadable
 */
export async function readBundle(place: BundlePlace, id: string | null): Promise<Bundle> {
  return id === null ? (await readBundleInForce(place)).bundle : readNamed(place, id)
}

/** The bundle in force, by the name of its folder. @throws KnownError as `readBundle` does */
export async function readBundleInForce(
  place: BundlePlace,
): Promise<{ readonly id: string; readonly bundle: Bundle; readonly written: BundleInForce | null }> {
  const written = await readInForce(place)
  const id = written?.bundle ?? (await listBundles(place)).at(-1)
  if (id === undefined) throw new KnownError('bundle-not-found', `any in ${where(place)}`)
  const bundle = await readNamed(place, id).catch((error: unknown) => {
    throw written === null ? error : ofPointer(error, join(ownFolder(place), IN_FORCE_FILE))
  })
  return { id, bundle, written }
}

async function readNamed(place: BundlePlace, id: string): Promise<Bundle> {
  const folder = await findBundle(place, id)
  if (folder === null) {
    const known = await listBundles(place)
    throw new KnownError('bundle-not-found', `${id} in ${where(place)}`, {
      ...(known.length > 0 ? { fix: `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}` } : {}),
    })
  }
  const file = join(folder, FILE)
  return parseBundle(await readText(file), file)
}

const where = (place: BundlePlace): string => bundleFolders(place).join(' and ')

function ofPointer(error: unknown, file: string): unknown {
  if (!(error instanceof KnownError)) return error
  return new KnownError(error.code, `${error.detail}, which ${file} puts in force`, {
    fix: 'go back to the one before with `foretoken models rollback`, or choose one with `foretoken models promote ID`',
    cause: error,
  })
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
