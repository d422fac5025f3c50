import { type Cluster, listNodes, warningsOf } from './cluster.ts'
import { quantity } from './quantity.ts'

/** A run that has no pod on a node yet, and how long it has waited for that. */
export interface Waiting {
  readonly cluster: Cluster
  readonly name: string
  readonly asked: { readonly cpus: number; readonly memoryBytes: number }
  readonly waitedMs: number
  /** For room on nodes that are large enough. */
  readonly roomMs: number
  /** For a node that is large enough, where the cluster grows. */
  readonly nodeMs: number
}

/** Why there will be no room for it, by what the scheduler has said; null = there may be. */
export async function noRoom(run: Waiting, message: string): Promise<string | null> {
  if (run.waitedMs > run.roomMs) return `Unschedulable: ${message}, and has had none for long`
  if (run.waitedMs < run.nodeMs || (await isLargeEnough(run))) return null
  return `Unschedulable: no node is large enough: ${message}`
}

async function isLargeEnough({ cluster, asked }: Waiting): Promise<boolean> {
  const nodes = await listNodes(cluster)
  // Who may not look at nodes has to wait.
  if (nodes === null) return true
  return nodes.some(({ spec, status }) => {
    const { cpu, memory } = status?.allocatable ?? {}
    return !spec?.unschedulable && quantity(cpu) >= asked.cpus && quantity(memory) >= asked.memoryBytes
  })
}

/** Why no pod was made for a Job, which only events tell; null = it may still be. A quota may have room later. */
export async function noPod({ cluster, name, waitedMs, roomMs }: Waiting): Promise<string | null> {
  const warning = (await warningsOf(cluster, name))?.at(-1)
  if (warning !== undefined && !/exceeded quota/.test(warning.message ?? ''))
    return `${warning.reason}: ${warning.message}`
  return waitedMs > roomMs ? `no pod was made for it: ${warning?.message ?? 'nothing was said'}` : null
}
