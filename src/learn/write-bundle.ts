import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../errors.ts'
import { asOneWriter } from './one-writer.ts'
import { syncFolder, writeDurable, writeSynced } from './write-durable.ts'

/** The files of a bundle. */
export interface BundleText {
  /** `model.json` */
  readonly model: string
  /** `card.md` */
  readonly card: string
}

/**
 * Writes a bundle into a folder of bundles as a whole: it is there with all its files or not at all, wherever the
 * program is ended. One of the same name is replaced, file by file. It is not put in force by that.
 * @returns its folder
 * @throws KnownError file-not-written
 */
export const writeBundle = (folder: string, id: string, text: BundleText): Promise<string> =>
  asOneWriter(folder, () => writeBundleAlone(folder, id, text))

/** The same, for who is the one writer already. */
export async function writeBundleAlone(folder: string, id: string, text: BundleText): Promise<string> {
  const place = join(folder, id)
  try {
    await removeLeftOvers(folder)
    if (await isThere(place)) await replace(place, text)
    else await add(folder, id, text)
  } catch (cause) {
    throw new KnownError('file-not-written', place, { cause })
  }
  return place
}

/** What was being written when its writer was killed: whoever writes now is the only one. */
async function removeLeftOvers(folder: string): Promise<void> {
  const leftOver = (await readdir(folder)).filter((name) => name.startsWith('.') && name.endsWith('.part'))
  await Promise.all(leftOver.map((name) => rm(join(folder, name), { recursive: true, force: true })))
}

const isThere = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    () => false,
  )

async function add(folder: string, id: string, { model, card }: BundleText): Promise<void> {
  const beside = join(folder, `.${id}.part`)
  await mkdir(beside)
  await writeSynced(join(beside, 'model.json'), model)
  await writeSynced(join(beside, 'card.md'), card)
  await syncFolder(beside)
  await rename(beside, join(folder, id))
  await syncFolder(folder)
}

async function replace(place: string, { model, card }: BundleText): Promise<void> {
  await writeDurable(join(place, 'model.json'), model)
  await writeDurable(join(place, 'card.md'), card)
}
