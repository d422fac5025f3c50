import type { V1Pod } from '@kubernetes/client-node'
import { InfraError } from '../local/infra-error.ts'
import { ApiError } from './api-error.ts'
import { type Cluster, listNodes, listPods, nextChange, type Pods, warningsOf } from './cluster.ts'
import { ofRun } from './labels.ts'
import { hasBegun, isDoubtful, isLost, type PodState, podState } from './pod-state.ts'
import { quantity } from './quantity.ts'

/** How long to wait for what may come. */
export interface Patience {
  /** For room on nodes that are large enough. */
  readonly roomMs: number
  /** For a node that is large enough, where the cluster grows. */
  readonly nodeMs: number
  /** For a server that does not answer. */
  readonly serverMs: number
}

/** A run in the cluster. */
export interface Followed {
  readonly cluster: Cluster
  readonly name: string
  readonly asked: { readonly cpus: number; readonly memoryBytes: number }
  readonly patience: Patience
}

/** The run will not come to its end. */
export class RunLost extends InfraError {
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
const RETRY_MS = 500

/**
 * Waits until the pod is as wanted. @throws RunLost where it will never be; InfraError where it was waited for too long, or
 * the run was stopped
 */
export async function followUntil(
  run: Followed,
  wanted: (sighting: Sighting) => boolean,
  signal: AbortSignal,
): Promise<Sighting> {
  const { cluster, name } = run
  const labels = ofRun(name)
  const since = performance.now()
  for (let first: V1Pod | null = null; ; ) {
    const { pods, version } = await patiently(run, () => listPods(cluster, labels), signal)
    // A pod that was deleted is made anew by its Job, and is not this run.
    const pod: V1Pod | undefined =
      first === null ? pods[0] : pods.find((each) => each.metadata?.uid === first?.metadata?.uid)
    if (pod === undefined && first !== null)
      throw new RunLost('Deleted: the pod was deleted by others', hasBegun(first))
    first = pod ?? first
    if (pod !== undefined) {
      const state = await surely(cluster, pod)
      if (state.kind === 'lost') throw new RunLost(state.reason, hasBegun(pod))
      if (wanted({ pod, state })) return { pod, state }
      if (state.kind === 'unschedulable')
        await hope(run, { waitedMs: performance.now() - since, message: state.message })
    } else await complain(run, performance.now() - since)
    await nextChange(cluster, { labels, version, withinMs: HEARTBEAT_MS }, signal)
    if (signal.aborted) throw new InfraError('the run was stopped')
  }
}

/** What the pod says, and what its node says of it. */
async function surely(cluster: Cluster, pod: V1Pod): Promise<PodState> {
  const state = podState(pod)
  const node = pod.spec?.nodeName
  if (node === undefined || !(state.kind === 'lost' || (state.kind === 'running' && isDoubtful(pod))))
    return state
  const found = (await listNodes(cluster))?.find(({ metadata }) => metadata?.name === node)
  if (found === undefined || !isLost(found)) return state
  return { kind: 'lost', reason: `NodeLost: nothing has been heard of ${node}` }
}

/** @throws InfraError where there will be no room for it, or there was none for too long */
async function hope(
  { cluster, asked, patience }: Followed,
  { waitedMs, message }: { waitedMs: number; message: string },
): Promise<void> {
  if (waitedMs > patience.roomMs)
    throw new RunLost(`Unschedulable: ${message}, and has had none for long`, false)
  if (waitedMs < patience.nodeMs) return
  const nodes = await listNodes(cluster)
  if (nodes === null) return
  const fits = nodes.some(({ spec, status }) => {
    const { cpu, memory } = status?.allocatable ?? {}
    return !spec?.unschedulable && quantity(cpu) >= asked.cpus && quantity(memory) >= asked.memoryBytes
  })
  if (!fits) throw new RunLost(`Unschedulable: no node is large enough: ${message}`, false)
}

/** A Job without a pod tells only by events why. A quota may have room later. */
async function complain({ cluster, name, patience }: Followed, waitedMs: number): Promise<void> {
  if (waitedMs < HEARTBEAT_MS) return
  const warning = (await warningsOf(cluster, name))?.at(-1)
  if (warning !== undefined && !/exceeded quota/.test(warning.message ?? ''))
    throw new RunLost(`${warning.reason}: ${warning.message}`, false)
  if (waitedMs > patience.roomMs)
    throw new RunLost(`no pod was made for it: ${warning?.message ?? 'nothing was said'}`, false)
}

async function patiently(
  { patience }: Followed,
  look: () => Promise<Pods>,
  signal: AbortSignal,
): Promise<Pods> {
  for (const since = performance.now(); ; ) {
    try {
      return await look()
    } catch (error) {
      const isOver = performance.now() - since > patience.serverMs
      if (!(error instanceof ApiError) || !error.passes || isOver) throw error
      await pause(RETRY_MS, signal)
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stop = () => reject(new InfraError('the run was stopped'))
  const timer = setTimeout(resolve, ms)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  })
}
