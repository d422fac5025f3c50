import { join, resolve } from 'node:path'
import { z } from 'zod'
import { EXIT, KnownError } from '../errors.ts'
import { bundlePlace, ownFolder } from '../forecast/bundle-place.ts'
import { readBundleInForce } from '../forecast/read-bundle.ts'
import { checkShape, parseJson } from '../json.ts'
import { keepInForce } from '../learn/put-in-force.ts'
import { writeBundle } from '../learn/write-bundle.ts'
import { TrainingDocument } from '../server/schemas/training.ts'
import type { ClusterRequest } from './cluster-flags.ts'
import type { Invocation } from './command-line.ts'
import { showSafely } from './escape.ts'
import { promote, type StoreTraining, tell } from './train-from-store.ts'
import { type OpenCluster, onCluster, openCluster } from './train-on-cluster.ts'
import { readTrained } from './trained-bundle.ts'
import { bringStore, copyTables } from './training-inputs.ts'
import { checkPlace } from './write-file.ts'

/**
 * `foretoken train --from-store --on kubernetes`: learns from a copy of the store in a Job, which also compares; what it
 * made comes in force here, if the bundle in force is still the one that it was compared with.
 */
export async function trainStoreOnCluster(
  call: Invocation,
  { data, id, seed, force, request }: StoreTraining & { readonly request: ClusterRequest },
  open: OpenCluster = openCluster,
): Promise<number> {
  const { app, settings } = call
  const place = bundlePlace(app.cwd, settings.models)
  await checkPlace(ownFolder(place))
  await keepInForce(place, app.now())
  const champion = await readBundleInForce(place)
  const training = {
    id: id ?? 'own',
    async bring(workspace: string) {
      await copyTables(resolve(app.cwd, data), join(workspace, 'data'))
      const store = { store: resolve(app.cwd, settings.db.value), models: place }
      const named = id === undefined ? [] : ['--id', id]
      const from = await bringStore(workspace, store)
      return [...from, '--data', 'data', ...named, '--seed', String(seed), '--format', 'json']
    },
  }
  return onCluster({ app, request, training, open }, async ({ exit, stdout, stderr, workspace }) => {
    app.note(showSafely(stderr))
    if (exit !== EXIT.ok && exit !== EXIT.undecided) return exit
    const told = toldOf(stdout)
    if (told.champion !== champion.id)
      throw new KnownError('bundle-corrupt', `it was compared with ${told.champion}, not with ${champion.id}`)
    if (told.bundle === null) return tell(call, told)
    const trained = await readTrained(join(workspace, 'models'), told.bundle)
    await writeBundle(ownFolder(place), told.bundle, trained.text)
    const judged = { ...told, bundle: told.bundle }
    return tell(call, { ...told, ...(await promote(app, { place, judged, champion: champion.id, force })) })
  })
}

/** What the Job prints, as far as it is read here; the rest is passed on. */
const Told = TrainingDocument.extend({ runs: z.int().min(0) })

/** @throws KnownError bundle-corrupt */
const toldOf = (stdout: string): z.infer<typeof Told> =>
  checkShape(Told, parseJson(stdout, PRINTED, 'bundle-corrupt'), PRINTED, 'bundle-corrupt')

const PRINTED = 'what the training printed'
