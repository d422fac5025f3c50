import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../errors.ts'
import type { Bundle } from '../forecast/bundle.ts'
import { readBundle } from '../forecast/read-bundle.ts'
import type { BundleText } from '../learn/write-bundle.ts'

/** A bundle that was made elsewhere, with the bytes of its files. */
export interface TrainedBundle {
  readonly bundle: Bundle
  readonly text: BundleText
}

const MOST_CARD_BYTES = 2 ** 20

/**
 * Reads what was brought back and believes nothing: the hash of the bundle, its shape and its id are checked, and that its
 * files are files.
 * @throws KnownError bundle-not-found, bundle-corrupt
 */
export async function readTrained(folder: string, id: string): Promise<TrainedBundle> {
  const files = { model: join(folder, id, 'model.json'), card: join(folder, id, 'card.md') }
  for (const file of Object.values(files)) {
    const found = await lstat(file).catch(() => null)
    if (found === null) throw new KnownError('bundle-not-found', `${id}: the training left no ${file}`)
    if (!found.isFile() || (file === files.card && found.size > MOST_CARD_BYTES))
      throw new KnownError('bundle-corrupt', `${file} is not what a training leaves`)
  }
  const bundle = await readBundle(folder, id)
  if (bundle.id !== id) throw new KnownError('bundle-corrupt', `${files.model} calls itself ${bundle.id}`)
  const [model, card] = [await readFile(files.model, 'utf8'), await readFile(files.card, 'utf8')]
  return { bundle, text: { model, card } }
}
