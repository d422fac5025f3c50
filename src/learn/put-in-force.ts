import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { KnownError } from '../errors.ts'
import { type BundlePlace, ownFolder } from '../forecast/bundle-place.ts'
import {
  type BundleInForce,
  bundleBefore,
  type ChangeInForce,
  formatInForce,
  IN_FORCE_FILE,
  withChange,
} from '../forecast/in-force.ts'
import { findBundle, listBundles, readBundle } from '../forecast/read-bundle.ts'
import { readInForce } from '../forecast/read-in-force.ts'
import { asOneWriter } from './one-writer.ts'
import { writeBundleAlone } from './write-bundle.ts'
import { writeDurable } from './write-durable.ts'

/** What is to be in force, and why. */
export interface PutInForce {
  readonly bundle: string
  /** What must be in force before, so that no other change is lost; left out = whatever is. */
  readonly expected?: string | null
  readonly by: ChangeInForce['by']
  readonly forced?: boolean
  readonly why: string
  /** Milliseconds since the epoch. */
  readonly atMs: number
}

/**
 * Puts a bundle in force once it was read and found whole; one that is shipped is copied to one's own before, since the
 * next version of the package may not have it. Wherever the program is ended, the old or the new one is in force.
 * @throws KnownError bundle-not-found, bundle-corrupt, in-force-changed, file-not-written
 */
export const putInForce = (place: BundlePlace, change: PutInForce): Promise<BundleInForce> =>
  asOneWriter(ownFolder(place), async () => write(place, await current(place), change))

/**
 * Writes down what is in force without being written down, so that a bundle that is only added never comes in force by its
 * name. Null = there is no bundle at all.
 * @throws KnownError bundle-corrupt, in-force-malformed, file-not-written
 */
export const keepInForce = (place: BundlePlace, atMs: number): Promise<BundleInForce | null> =>
  asOneWriter(ownFolder(place), async () => {
    const written = await readInForce(place)
    const last = (await listBundles(place)).at(-1)
    if (written !== null || last === undefined) return written
    return write(place, null, { bundle: last, by: 'keep', why: 'the last by name', atMs })
  })

/**
 * Puts the bundle before in force again; done twice, it goes back two steps.
 * @throws KnownError no-bundle-before, bundle-not-found, bundle-corrupt, in-force-*, file-not-written
 */
export const rollBack = (
  place: BundlePlace,
  { why, atMs }: Pick<PutInForce, 'why' | 'atMs'>,
): Promise<BundleInForce> =>
  asOneWriter(ownFolder(place), async () => {
    const written = await readInForce(place)
    const before = written === null ? null : bundleBefore(written)
    if (before === null)
      throw new KnownError('no-bundle-before', `${written?.bundle ?? 'nothing'} is the first in force`)
    return write(place, written, { bundle: before, by: 'rollback', why, atMs })
  })

/** A damaged file is made anew: what is put in force then is what heals it. */
const current = (place: BundlePlace): Promise<BundleInForce | null> =>
  readInForce(place).catch((error: unknown) => {
    if (error instanceof KnownError && error.code === 'in-force-malformed') return null
    throw error
  })

async function write(
  place: BundlePlace,
  before: BundleInForce | null,
  { bundle, expected, by, forced = false, why, atMs }: PutInForce,
): Promise<BundleInForce> {
  const { id } = await readBundle(place, bundle)
  if (id !== bundle) throw new KnownError('bundle-corrupt', `${bundle} calls itself ${id}`)
  const previous = before?.bundle ?? (by === 'keep' ? null : ((await listBundles(place)).at(-1) ?? null))
  if (expected !== undefined && expected !== previous)
    throw new KnownError(
      'in-force-changed',
      `${previous ?? 'none'}, where ${expected ?? 'none'} was expected`,
    )
  await bringHome(place, bundle)
  const change = { bundle, previous, at: new Date(atMs).toISOString(), by, forced, why }
  const after = withChange(before, change)
  const file = join(ownFolder(place), IN_FORCE_FILE)
  await writeDurable(file, formatInForce(after)).catch((cause: unknown) => {
    throw new KnownError('file-not-written', file, { cause })
  })
  return after
}

async function bringHome(place: BundlePlace, id: string): Promise<void> {
  const folder = await findBundle(place, id)
  if (folder === null || dirname(folder) === ownFolder(place)) return
  const [model, card] = await Promise.all(
    ['model.json', 'card.md'].map((name) => readFile(join(folder, name), 'utf8')),
  )
  if (model === undefined || card === undefined) throw new Error('two files were read')
  await writeBundleAlone(ownFolder(place), id, { model, card })
}
