import { rm } from 'node:fs/promises'
import { killAll, removeGroup, removeParent } from './cgroup.ts'
import type { CgroupLayout } from './cgroup-layout.ts'
import { sweepPipes } from './output-pipes.ts'
import { isAlive, thisOwner } from './owner.ts'
import { readDrafts, readSlots, releaseSlot } from './slot.ts'
import { takeBack } from './workspace.ts'

/** Where sandboxes leave their traces. */
export interface Traces {
  readonly layout: CgroupLayout
  readonly parent: string
  readonly stateFolder: string
}

/** Undoes what runners that are dead have begun; those that live are left alone. Gives the ids of the runs. */
export async function sweep({ layout, parent, stateFolder }: Traces): Promise<readonly string[]> {
  const swept: string[] = []
  for (const slot of await readSlots(stateFolder)) {
    if (await isAlive(slot.record.owner)) continue
    const group = { layout, path: `${parent}/${slot.uid}` }
    await killAll(group)
    await removeGroup(group)
    await takeBack(slot)
    await releaseSlot(slot)
    swept.push(slot.record.id)
  }
  const { pidNamespace } = await thisOwner()
  for (const { pid, startTicks, folder } of await readDrafts(stateFolder))
    if (!(await isAlive({ pid, startTicks, pidNamespace })))
      await rm(folder, { recursive: true, force: true })
  await sweepPipes()
  await removeParent({ layout, path: parent })
  return swept
}
