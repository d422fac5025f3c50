import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, type Owner, thisOwner } from '../local/owner.ts'
import { readHierarchies } from '../local/requirements.ts'
import { readDrafts, readSlots, releaseSlot } from '../local/slot.ts'
import { takeBack } from '../local/workspace.ts'
import type { Yard } from './requirements.ts'
import { removeContainer } from './run-in-container.ts'

export const RUN_LABEL = 'foretoken.run'
/** A process by more than its number, as JSON. */
export const OWNER_LABEL = 'foretoken.owner'
export const PARENT_LABEL = 'foretoken.parent'

/** Where containers leave their traces. */
export interface Traces {
  readonly yard: Yard
  readonly parent: string
  readonly stateFolder: string
}

/** Removes what runners that are dead have begun, containers first; those that live are left alone. Gives the ids of the runs. */
export async function sweep({ yard, parent, stateFolder }: Traces): Promise<readonly string[]> {
  const [swept, stuck] = [new Set<string>(), new Set<string>()]
  const filters = { label: [`${PARENT_LABEL}=${parent}`] }
  for (const { Id, Labels } of await yard.engine.listContainers({ all: true, filters })) {
    if (await isAlive(JSON.parse(Labels[OWNER_LABEL] ?? 'null') as Owner)) continue
    const trouble = await removeContainer(yard.engine.getContainer(Id))
    const runs = trouble === null ? swept : stuck
    runs.add(Labels[RUN_LABEL] ?? Id)
  }
  for (const slot of await readSlots(stateFolder)) {
    // What still runs has the workspace and its user.
    if (stuck.has(slot.record.id) || (await isAlive(slot.record.owner))) continue
    await takeBack(slot)
    await releaseSlot(slot)
    swept.add(slot.record.id)
  }
  await sweepDrafts(stateFolder)
  if (yard.driver === 'cgroupfs') await removeParents(parent)
  return [...swept]
}

async function sweepDrafts(stateFolder: string): Promise<void> {
  const { pidNamespace } = await thisOwner()
  for (const { pid, startTicks, folder } of await readDrafts(stateFolder))
    if (!(await isAlive({ pid, startTicks, pidNamespace })))
      await rm(folder, { recursive: true, force: true })
}

/** The engine makes it in every hierarchy, also in those where nothing is limited. */
async function removeParents(parent: string): Promise<void> {
  for (const { root } of await readHierarchies())
    await rmdir(join(root, parent)).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      // One that is used stays.
      if (!/^(ENOENT|EBUSY)$/.test(code)) throw error
    })
}
