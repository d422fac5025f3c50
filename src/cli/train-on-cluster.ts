import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { EXIT, KnownError } from '../errors.ts'
import { bundlePlace, ownFolder } from '../forecast/bundle-place.ts'
import { readDataset } from '../learn/dataset.ts'
import { writeBundle } from '../learn/write-bundle.ts'
import { openBackend } from '../runner/back-end.ts'
import { makeWorkFolder } from '../runner/work-folder.ts'
import type { SandboxBackend, SandboxFacts, SandboxSpec } from '../sandbox/sandbox.ts'
import type { ClusterRequest } from './cluster-flags.ts'
import type { Invocation } from './command-line.ts'
import { showSafely } from './escape.ts'
import { tellMade } from './tell-made.ts'
import { readTrained } from './trained-bundle.ts'
import { copyTables } from './training-inputs.ts'
import { checkPlace } from './write-file.ts'

/** A training that is the same wherever it is done. */
export interface Training {
  readonly id: string
  /** Puts what it reads into a folder; gives the arguments of `foretoken train`, its paths relative to the folder. */
  readonly bring: (workspace: string) => Promise<readonly string[]>
}

/** What came of it: its exit code, what it printed, and the folder as it left it. */
export interface TrainingEnd {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly workspace: string
}

/** Opens the cluster. @throws KnownError sandbox-missing */
export type OpenCluster = (request: ClusterRequest) => Promise<SandboxBackend>

/** `foretoken train --on kubernetes`: makes `models/<id>` from the tables in a Job, the very bytes that are made here. */
export async function trainTablesOnCluster(
  call: Invocation,
  { data, id, seed, request }: TablesTraining,
  open: OpenCluster = openCluster,
): Promise<number> {
  const { app, settings } = call
  const models = ownFolder(bundlePlace(app.cwd, settings.models))
  const place = join(models, id)
  await checkPlace(place)
  const folder = resolve(app.cwd, data)
  const { hash } = await readDataset(folder)
  const training: Training = {
    id,
    async bring(workspace) {
      await copyTables(folder, join(workspace, 'data'))
      return ['--data', 'data', '--models', 'models', '--id', id, '--seed', String(seed)]
    },
  }
  return onCluster({ app, request, training, open }, async ({ exit, stderr, workspace }) => {
    app.note(showSafely(stderr))
    if (exit !== EXIT.ok) return exit
    const trained = await readTrained(join(workspace, 'models'), id)
    if (trained.bundle.data !== hash) {
      const made = trained.bundle.data.slice(0, 12)
      throw new KnownError(
        'bundle-corrupt',
        `${id} was made from tables ${made}, not from ${hash.slice(0, 12)}`,
      )
    }
    await writeBundle(models, id, trained.text)
    tellMade(call, place, trained.bundle)
    return EXIT.ok
  })
}

export interface TablesTraining {
  /** The folder of tables, relative to the working folder. */
  readonly data: string
  readonly id: string
  readonly seed: number
  readonly request: ClusterRequest
}

export interface ClusterTraining {
  readonly app: Pick<Invocation['app'], 'note' | 'signal'>
  readonly request: ClusterRequest
  readonly training: Training
  readonly open: OpenCluster
}

/**
 * Does a training in a Job and hands over what it left. Whatever happens, nothing stays behind in the cluster or here.
 * @throws KnownError sandbox-missing, cluster-failed; the signal's reason
 */
export async function onCluster<Result>(
  { app, request, training, open }: ClusterTraining,
  take: (end: TrainingEnd) => Promise<Result>,
): Promise<Result> {
  const backend = await open(request)
  await backend.sweep()
  const token = randomBytes(3).toString('hex')
  const work = await makeWorkFolder(token)
  try {
    const workspace = join(work, 'workspace')
    await mkdir(workspace)
    const args = await training.bring(workspace)
    const spec = specOf(request, { id: `train-${training.id}-${token}`, args, work })
    app.note(`trains in the cluster: ${showSafely(aheadText(request))}\n`)
    const facts = await backend.run(spec, app.signal)
    app.signal.throwIfAborted()
    const [stdout, stderr] = [await printed(spec.stdout.path), await printed(spec.stderr.path)]
    return await take({ exit: exitOf(facts, request, stderr), stdout, stderr, workspace })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

export const openCluster: OpenCluster = async ({ context, namespace, queue }) => {
  const cluster = {
    ...(context === null ? {} : { context }),
    ...(namespace === null ? {} : { namespace }),
    ...(queue === null ? {} : { queue }),
  }
  const { backend } = await openBackend('kubernetes', { cluster, dockerHost: undefined })
  return backend
}

const MEBIBYTE = 2 ** 20
const MOST_OUTPUT_BYTES = 16 * MEBIBYTE
const GRACE_MS = 10_000

function specOf(
  { image, cpus, memoryBytes, timeoutMs }: ClusterRequest,
  { id, args, work }: { readonly id: string; readonly args: readonly string[]; readonly work: string },
): SandboxSpec {
  return {
    ...{ id, image, timeoutMs, graceMs: GRACE_MS },
    command: ['foretoken', 'train', ...args],
    env: {},
    workspace: join(work, 'workspace'),
    readOnly: [],
    floor: { cpus, memoryBytes },
    ceiling: { cpus: null, memoryBytes, pids: null },
    temporaryBytes: 64 * MEBIBYTE,
    gateway: null,
    stdout: { path: join(work, 'out'), maxBytes: MOST_OUTPUT_BYTES },
    stderr: { path: join(work, 'err'), maxBytes: MOST_OUTPUT_BYTES },
  }
}

const aheadText = ({ image, cpus, memoryBytes, timeoutMs }: ClusterRequest): string =>
  `${image}, ${cpus} CPUs, ${memoryBytes / MEBIBYTE} MiB, ${timeoutMs / 1000} s at most`

/** @throws KnownError cluster-failed where it did not end by itself */
function exitOf(facts: SandboxFacts, { memoryBytes, timeoutMs }: ClusterRequest, stderr: string): number {
  const failed = (what: string, fix?: string) =>
    new KnownError('cluster-failed', what, fix === undefined ? {} : { fix })
  if ((facts.oomKills ?? 0) > 0)
    throw failed(`it ran out of its ${memoryBytes / MEBIBYTE} MiB`, 'give it more with --memory-mib')
  if (facts.timedOut)
    throw failed(`it had not ended after ${timeoutMs / 1000} s`, 'give it longer with --max-seconds')
  if (facts.infraReason !== null || !facts.started) throw failed(facts.infraReason ?? 'it was not started')
  if (facts.exit === null || facts.exit > 128)
    throw failed(`foretoken was ended by ${facts.signal ?? `signal ${(facts.exit ?? 128) - 128}`}: ${stderr}`)
  return facts.exit
}

/** What was printed; empty where nothing was kept. */
const printed = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
