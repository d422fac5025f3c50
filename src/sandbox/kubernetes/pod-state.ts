import type { V1ContainerStateTerminated, V1ContainerStatus, V1Node, V1Pod } from '@kubernetes/client-node'
import { COMMAND, FEED, KEEP } from './scripts.ts'

/** Where a run is, as the cluster tells it. */
export type PodState =
  | { readonly kind: 'waiting' }
  /** No node has room for it: now, or ever. */
  | { readonly kind: 'unschedulable'; readonly message: string }
  | { readonly kind: 'feeding' }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly how: V1ContainerStateTerminated }
  /** It will not come to its end, or cannot be fetched any more. */
  | { readonly kind: 'lost'; readonly reason: string }

/** What a container waits for that does not come by waiting. */
const HOPELESS = new Set([
  'ErrImageNeverPull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ImageInspectError',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
])

/** The pod of a run in one word, and why. Phases alone do not tell: a pod runs as long as one of its containers does. */
export function podState(pod: V1Pod): PodState {
  const { metadata, status } = pod
  if (metadata?.deletionTimestamp !== undefined)
    return lost(disruption(pod) ?? 'Deleted: the pod was deleted by others')
  if (status?.phase === 'Failed' && status.reason)
    return lost(`${status.reason}: ${status.message ?? 'the pod has failed'}`)
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const hopeless = containers.map(hopelessness).find((reason) => reason !== null)
  if (hopeless !== undefined) return lost(hopeless)
  const find = (name: string) => containers.find((each) => each.name === name)?.state
  const fed = find(FEED)?.terminated
  if (fed !== undefined && fed.exitCode !== 0) return lost(`${FEED}: ${ending(fed)}`)
  const how = find(COMMAND)?.terminated
  const kept = find(KEEP)?.terminated
  if (kept !== undefined) return lost(`${KEEP}: ${ending(kept)}`)
  if (how !== undefined) return { kind: 'ended', how }
  if (find(COMMAND)?.running !== undefined) return { kind: 'running' }
  if (find(FEED)?.running !== undefined) return { kind: 'feeding' }
  return unscheduled(pod) ?? { kind: 'waiting' }
}

/** Whether a node has been lost: its kubelet has not been heard of for so long that nobody knows what runs there. */
export const isLost = ({ status }: V1Node): boolean =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'Unknown'

/** Whether the pod's containers were ready and are not any more, which is all that is seen of a lost node at first. */
export const isDoubtful = ({ status }: V1Pod): boolean =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True'

/** Whether the command's container has begun, whatever became of it. */
export function hasBegun({ status }: V1Pod): boolean {
  const state = status?.containerStatuses?.find(({ name }) => name === COMMAND)?.state
  return state?.running !== undefined || (state?.terminated !== undefined && !isStartError(state.terminated))
}

/** The engine could not start the container's first process. */
export const isStartError = ({ reason }: V1ContainerStateTerminated): boolean =>
  reason === 'StartError' || reason === 'ContainerCannotRun'

const lost = (reason: string): PodState => ({ kind: 'lost', reason })

function hopelessness({ name, state }: V1ContainerStatus): string | null {
  const waiting = state?.waiting
  if (waiting?.reason === undefined || !HOPELESS.has(waiting.reason)) return null
  return `${waiting.reason}: ${waiting.message ?? name}`
}

const ending = ({ reason, exitCode, message }: V1ContainerStateTerminated): string =>
  `${reason ?? 'ended'} (${exitCode})${message === undefined ? '' : `: ${message.trim()}`}`

function unscheduled({ status }: V1Pod): PodState | null {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return null
  return { kind: 'unschedulable', message: scheduled.message ?? 'no node has room' }
}

/** Why others ended the pod, where the server says so (from 1.26). */
function disruption({ status }: V1Pod): string | null {
  const found = status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
  return found?.status === 'True' ? `${found.reason}: ${found.message ?? ''}`.trim() : null
}
