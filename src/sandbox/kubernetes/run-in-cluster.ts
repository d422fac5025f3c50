import { randomInt } from 'node:crypto'
import { isIP } from 'node:net'
import { InfraError } from '../local/infra-error.ts'
import type { SandboxFacts, SandboxSpec } from '../sandbox.ts'
import { sourceOf } from './archive.ts'
import { type Cluster, createJob, createPolicy } from './cluster.ts'
import { factsOf, type PodEnd } from './facts.ts'
import { type Followed, followUntil, type Patience, type Sighting } from './follow.ts'
import { nameOf, type OwnerMark } from './labels.ts'
import { type JobRun, job, networkPolicy } from './manifests.ts'
import { type Persistence, persist } from './persist.ts'
import { type PullPolicy, requested } from './pod.ts'
import { isStartError } from './pod-state.ts'
import { remove } from './removal.ts'
import { collect, feed, type Inputs } from './transfer.ts'
import { openWay, type Way } from './way.ts'

export interface RunOptions {
  /** A LocalQueue of Kueue; null = none. */
  readonly queue: string | null
  /** An address of this machine that pods can reach, for runs that call the gateway; null = there are none. */
  readonly gatewayAddress: string | null
  /** Of what brings files in and out: it has a shell and tar. Null = the run's own. */
  readonly keeperImage: string | null
  readonly pullPolicy: PullPolicy
  /** What a run may leave in its workspace. */
  readonly workspaceBytes: number
  /** Beside the time of the command: to fetch images, to bring in and out. A pod ends by itself after that. */
  readonly allowanceMs: number
  readonly patience: Patience
}

/** A run, and where it goes. */
export interface ClusterRun {
  readonly cluster: Cluster
  readonly mark: OwnerMark
  readonly options: RunOptions
  readonly spec: SandboxSpec
}

/** A supervisor that is late by more has been tampered with, or its node is overloaded. */
const OVERDUE_MS = 10_000
const TTL_SECONDS = 600
/** What a run has cost is not given up for a connection that was lost. */
const COLLECTING: Persistence = { forMs: 30_000, passes: (error) => error instanceof InfraError }
/** Above those of systems and images; the kernel's go up to 2^32. */
const [FIRST_UID, LAST_UID] = [2 ** 20, 2 ** 30]

/** Runs it to its end, and leaves nothing in the cluster. @throws InfraError why there is no end to tell of */
export async function runInCluster(run: ClusterRun, signal: AbortSignal): Promise<SandboxFacts> {
  if (signal.aborted) throw new InfraError('the run was stopped')
  const inputs = await inputsOf(run.spec)
  const way = await wayOf(run.spec, run.options)
  try {
    const jobRun = await decide(run, { inputs, way })
    const made = await createJob(run.cluster, job(jobRun))
    return await removedAfter(run, async () => {
      await createPolicy(run.cluster, networkPolicy(jobRun, made.metadata?.uid ?? ''))
      return runToEnd(run, inputs, signal)
    })
  } finally {
    await way?.close()
  }
}

async function inputsOf({ workspace, readOnly }: SandboxSpec): Promise<Inputs> {
  const sources = await Promise.all([workspace, ...readOnly.map(({ source }) => source)].map(sourceOf))
  const [first, ...rest] = sources
  if (first === undefined || first.file !== null) throw new InfraError(`${workspace} is not a folder`)
  return { workspace: first, readOnly: rest }
}

async function wayOf({ gateway }: SandboxSpec, { gatewayAddress }: RunOptions): Promise<Way | null> {
  if (gateway === null) return null
  if (gatewayAddress === null || isIP(gatewayAddress) === 0)
    throw new InfraError('no way to the gateway: no address of this machine was given that pods can reach')
  return openWay(gateway.socket, gatewayAddress)
}

async function decide(
  { cluster, mark, options, spec }: ClusterRun,
  { inputs, way }: Prepared,
): Promise<JobRun> {
  const { image } = spec
  if (image === null) throw new InfraError('no image was given, and a node has nothing else to run it in')
  return {
    ...options,
    ...{ spec, image, mark },
    keeperImage: options.keeperImage ?? image,
    uid: randomInt(FIRST_UID, LAST_UID),
    mountedFiles: inputs.readOnly.map(({ file }) => file),
    gateway: way?.url ?? null,
    namespace: cluster.namespace,
    ttlSeconds: TTL_SECONDS,
    hasFailurePolicy: await cluster.knowsFailurePolicy(),
  }
}

interface Prepared {
  readonly inputs: Inputs
  readonly way: Way | null
}

/** What could not be removed is told of with the run, and swept later. */
async function removedAfter(
  { cluster, spec }: ClusterRun,
  work: () => Promise<SandboxFacts>,
): Promise<SandboxFacts> {
  const removed = () =>
    remove(cluster, nameOf(spec.id)).then(
      () => null,
      (error: unknown) => {
        if (error instanceof InfraError) return error.message
        throw error
      },
    )
  const facts = await work().catch(async (error: unknown) => {
    await removed()
    throw error
  })
  const trouble = await removed()
  return { ...facts, infraReason: facts.infraReason ?? trouble }
}

async function runToEnd(run: ClusterRun, inputs: Inputs, signal: AbortSignal): Promise<SandboxFacts> {
  const { cluster, spec, options } = run
  const followed: Followed = {
    ...{ cluster, name: nameOf(spec.id), asked: requested(spec), patience: options.patience },
  }
  const ready = await followUntil(followed, ({ state }) => state.kind === 'feeding', signal)
  const place = { cluster, pod: ready.pod.metadata?.name ?? '' }
  await feed(place, inputs, signal)
  const { state } = await untilEnded(followed, spec, signal)
  const how = state.kind === 'ended' ? state.how : null
  const end: Omit<PodEnd, 'told'> = { how, overdue: how === null }
  // A container that could not be started has not taken its outputs up, and one that runs does not let go of them.
  const waits = how !== null && !isStartError(how)
  try {
    const told = await persist(() => collect(place, { spec, waits }, signal), COLLECTING, signal)
    return factsOf({ ...end, told }, spec)
  } catch (error) {
    if (!(error instanceof InfraError)) throw error
    const facts = factsOf({ ...end, told: null }, spec)
    return { ...facts, infraReason: facts.infraReason ?? error.message }
  }
}

async function untilEnded(
  followed: Followed,
  { timeoutMs, graceMs }: SandboxSpec,
  signal: AbortSignal,
): Promise<Sighting> {
  let since: number | null = null
  const isOver = ({ state }: Sighting): boolean => {
    if (state.kind === 'running') since ??= performance.now()
    const isOverdue = since !== null && performance.now() - since > timeoutMs + graceMs + OVERDUE_MS
    return state.kind === 'ended' || isOverdue
  }
  return followUntil(followed, isOver, signal)
}
