import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT, KnownError } from '../errors.ts'
import { formatBundle } from '../forecast/bundle.ts'
import { bundlePlace, ownFolder } from '../forecast/bundle-place.ts'
import { readInForce } from '../forecast/read-in-force.ts'
import { readDataset } from '../learn/dataset.ts'
import { type Idea, parseIdeas } from '../learn/ideas.ts'
import { fitsOf, trainBundle } from '../learn/train.ts'
import { writeBundle } from '../learn/write-bundle.ts'
import { modelCard } from '../report/card.ts'
import { ClusterFlags, clusterRequest, withCluster } from './cluster-flags.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { DATA_FOLDER } from './evaluate.ts'
import { withFormats, withSettings } from './options.ts'
import { parseFlags } from './parse-flags.ts'
import { inSteps } from './progress.ts'
import { tellMade } from './tell-made.ts'
import { trainFromStore } from './train-from-store.ts'
import { trainTablesOnCluster } from './train-on-cluster.ts'
import { trainStoreOnCluster } from './train-store-on-cluster.ts'
import { checkPlace } from './write-file.ts'

const Options = z.object({
  data: z.string(),
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'expected lower-case letters, digits, "." and "-"')
    .optional(),
  seed: z.coerce.number().int().nonnegative(),
  fromStore: z.boolean().default(false),
  force: z.boolean().default(false),
})

/** Of the bundle that is made from the tables of the package. */
const DEFAULT_ID = 'verified-1'

/** `foretoken train`: makes `models/<id>/{model.json,card.md}` from the tables alone. */
export function configure(command: Command, act: Act): void {
  command
    .option('--data <folder>', 'the tables to learn from', DATA_FOLDER)
    .option('--id <id>', 'the name of the bundle; from tables "verified-1"')
    .option('--seed <seed>', 'of the folds that the ranges are calibrated on', '1')
    .option('--from-store', 'learn from the runs of the store, on top of the bundle in force')
    .option('--force', 'with --from-store: put it in force whatever the comparison says')
  withCluster(command)
  withSettings(withFormats(command, 'text', 'json'), 'models', 'db')
  act(command, train)
}

async function train(call: Invocation): Promise<number> {
  const { app, settings, options } = call
  const parsed = Options.safeParse(options)
  if (!parsed.success) {
    const wrong = parsed.error.issues[0]
    const flag = String(wrong?.path[0])
    throw new KnownError('usage', `--${flag} ${JSON.stringify(options[flag])}: ${wrong?.message}`)
  }
  const { data, seed, fromStore, force, id: named } = parsed.data
  if (force && !fromStore) throw new KnownError('usage', '--force without --from-store')
  const request = clusterRequest(parseFlags(ClusterFlags, options))
  if (fromStore) {
    const asked = { data, id: named, seed, force }
    return request === null ? trainFromStore(call, asked) : trainStoreOnCluster(call, { ...asked, request })
  }
  const id = named ?? DEFAULT_ID
  if (request !== null) return trainTablesOnCluster(call, { data, id, seed, request })
  const models = ownFolder(bundlePlace(app.cwd, settings.models))
  const place = join(models, id)
  await checkPlace(place)
  await checkFree(models, id)
  const folder = resolve(app.cwd, data)
  const dataset = await readDataset(folder)
  const ideas = await readIdeas(join(folder, 'ideas.csv'))
  const training = await inSteps(app, 'training', (onStep) => {
    const fits = fitsOf(dataset)
    let done = 0
    return trainBundle(dataset, { id, seed }, () => onStep(++done, fits))
  })
  const text = { model: formatBundle(training.bundle), card: modelCard(dataset, training, ideas) }
  await writeBundle(models, id, text)
  tellMade(call, place, training.bundle)
  return EXIT.ok
}

/** A bundle that was not put in force must not come in force by its name. @throws KnownError usage, in-force-malformed */
async function checkFree(models: string, id: string): Promise<void> {
  if ((await readInForce(models))?.bundle !== id) return
  throw new KnownError('usage', `--id ${id}: that bundle is in force`, {
    fix: 'give a new name, and then `foretoken models promote` it',
  })
}

/** The ideas that were tried, for the card; a folder of one's own tables need not have any. */
async function readIdeas(file: string): Promise<readonly Idea[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw new KnownError('file-unreadable', `${file} (${cause.code})`, { cause })
  })
  return text === null ? [] : parseIdeas(text)
}
