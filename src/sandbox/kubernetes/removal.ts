import { InfraError } from '../local/infra-error.ts'
import { type Cluster, deleteJob, forgetPod, listJobs, listPods, nextChange } from './cluster.ts'
import { markOf, type OwnerMark, ofPlace, ofRun } from './labels.ts'
import { mayPass, persist } from './persist.ts'

/** A node that lives ends a pod within its grace, and tells. */
const FORGET_AFTER_MS = 20_000
const GIVE_UP_AFTER_MS = 60_000
/** Also a run that was stopped is removed. */
const NEVER = new AbortController().signal

/** Takes a run out of the cluster, with its pods; of what is on a node that was lost only the record. @throws InfraError */
export async function remove(cluster: Cluster, name: string): Promise<void> {
  const labels = ofRun(name)
  const patiently = <T>(call: () => Promise<T>) =>
    persist(call, { forMs: GIVE_UP_AFTER_MS, passes: mayPass }, NEVER)
  await patiently(() => deleteJob(cluster, name))
  for (const since = performance.now(); ; ) {
    const { pods, version } = await patiently(() => listPods(cluster, labels))
    if (pods.length === 0) return
    const waited = performance.now() - since
    if (waited > GIVE_UP_AFTER_MS) throw new InfraError(`${name} could not be removed from the cluster`)
    if (waited > FORGET_AFTER_MS)
      for (const { metadata } of pods) await forgetPod(cluster, metadata?.name ?? '')
    await nextChange(cluster, { labels, version, withinMs: 1000 }, NEVER)
  }
}

/** Removes what runners of this machine have left that are dead, and what this one has left behind. Gives the ids of the runs. */
export async function sweep(
  cluster: Cluster,
  mine: OwnerMark,
  running: ReadonlySet<string>,
): Promise<readonly string[]> {
  const swept: string[] = []
  for (const { metadata } of await listJobs(cluster, ofPlace(mine))) {
    const mark = await markOf(metadata?.annotations)
    if (mark === null || metadata?.name === undefined) continue
    const isMine = JSON.stringify(mark.owner) === JSON.stringify(mine.owner)
    if (isMine ? running.has(mark.id) : mark.alive) continue
    await remove(cluster, metadata.name)
    swept.push(mark.id)
  }
  return swept
}
