import type { V1Pod } from '@kubernetes/client-node'
import { InfraError } from '../local/infra-error.ts'
import { ApiError } from './api-error.ts'
import { type Cluster, listNodes, listPods, nextChange, type Pods } from './cluster.ts'
import { ofRun } from './labels.ts'
import { mayPass, persist } from './persist.ts'
import { hasBegun, isDoubtful, isLost, type PodState, podState } from './pod-state.ts'
import { noPod, noRoom, type Waiting } from './room.ts'

/** How long to wait for what may come. */
export interface Patience extends Pick<Waiting, 'roomMs' | 'nodeMs'> {
  /** For a server that does not answer. */
  readonly serverMs: number
}

/** A run in the cluster. */
export interface Followed extends Omit<Waiting, 'waitedMs' | 'roomMs' | 'nodeMs'> {
  readonly patience: Patience
}

/** The run will not come to its end. */
export class RunLost extends InfraError {
  /** Its command had been started. */
  readonly begun: boolean

  constructor(reason: string, begun: boolean) {
    super(reason)
    this.begun = begun
  }
}

export interface Sighting {
  readonly pod: V1Pod
  readonly state: PodState
}

/** Without news: time goes by, and nodes are lost. */
const HEARTBEAT_MS = 5000
/** Nodes and events are many, and of all runs. */
const LOOK_ROUND_MS = 60_000

/** Waits until the pod is as wanted. @throws RunLost where it never will be, was waited for too long, or the run was stopped */
export async function followUntil(
  run: Followed,
  wanted: (sighting: Sighting) => boolean,
  signal: AbortSignal,
): Promise<Sighting> {
  const labels = ofRun(run.name)
  const lookRound = lookingRound(run)
  let [first, begun]: [V1Pod | null, boolean] = [null, false]
  for (;;) {
    const { pods, version }: Pods = await look(run, first, signal).catch((error: unknown) => {
      throw error instanceof ApiError ? new RunLost(error.message, begun) : error
    })
    if (signal.aborted) throw new RunLost('the run was stopped', begun)
    first = theSame(first, pods)
    // A pod that was put out does not tell of its containers any more.
    begun ||= first !== null && hasBegun(first)
    const state = first === null ? null : await surely(run.cluster, first)
    if (state?.kind === 'lost') throw new RunLost(state.reason, begun)
    if (first !== null && state !== null && wanted({ pod: first, state })) return { pod: first, state }
    await lookRound(state)
    await nextChange(run.cluster, { labels, version, withinMs: HEARTBEAT_MS }, signal)
  }
}

/** A server that has just been started knows neither users nor their rights; who was let in before waits for it. */
function look(
  { cluster, name, patience }: Followed,
  before: V1Pod | null,
  signal: AbortSignal,
): Promise<Pods> {
  const passes = (error: unknown) =>
    mayPass(error) ||
    (before !== null && error instanceof ApiError && (error.status === 401 || error.status === 403))
  return persist(() => listPods(cluster, ofRun(name)), { forMs: patience.serverMs, passes }, signal)
}

/** A pod that was deleted is made anew by its Job, and is not this run. */
function theSame(first: V1Pod | null, pods: readonly V1Pod[]): V1Pod | null {
  if (first === null) return pods[0] ?? null
  const same = pods.find(({ metadata }) => metadata?.uid === first.metadata?.uid)
  if (same === undefined) throw new RunLost('Deleted: the pod was deleted by others', hasBegun(first))
  return same
}

/** What the pod says, and what its node says of it. */
async function surely(cluster: Cluster, pod: V1Pod): Promise<PodState> {
  const state = podState(pod)
  const node = pod.spec?.nodeName
  const isInDoubt = state.kind === 'lost' || (state.kind === 'running' && isDoubtful(pod))
  if (node === undefined || !isInDoubt) return state
  const found = (await listNodes(cluster))?.find(({ metadata }) => metadata?.name === node)
  if (found === undefined || !isLost(found)) return state
  return { kind: 'lost', reason: `NodeLost: nothing has been heard of ${node}` }
}

/** Looks now and then whether a run that waits has something to wait for. @throws RunLost where it has not */
function lookingRound(run: Followed): (state: PodState | null) => Promise<void> {
  const since = performance.now()
  // A Job has its pod within this, if ever.
  let next = { pod: HEARTBEAT_MS / 2, room: Math.min(run.patience.nodeMs, run.patience.roomMs) }
  return async (state) => {
    const waitedMs = performance.now() - since
    const waiting: Waiting = { ...run, ...run.patience, waitedMs }
    const isLate = waitedMs > run.patience.roomMs
    let reason: string | null = null
    if (state === null && (isLate || waitedMs >= next.pod)) {
      next = { ...next, pod: waitedMs + LOOK_ROUND_MS }
      reason = await noPod(waiting)
    } else if (state?.kind === 'unschedulable' && (isLate || waitedMs >= next.room)) {
      next = { ...next, room: waitedMs + LOOK_ROUND_MS }
      reason = await noRoom(waiting, state.message)
    }
    if (reason !== null) throw new RunLost(reason, false)
  }
}
