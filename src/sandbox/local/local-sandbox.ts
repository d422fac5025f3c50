import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import type { SandboxBackend, SandboxFacts, SandboxSpec } from '../sandbox.ts'
import { sandboxCommand } from './bubblewrap.ts'
import {
  type Cgroup,
  killAll,
  makeGroup,
  makeParent,
  readGroupFile,
  removeGroup,
  removeParent,
} from './cgroup.ts'
import { readCounters } from './counters.ts'
import { factsOf, notMade } from './facts.ts'
import { infraReasonOf } from './infra-error.ts'
import { launch } from './launch.ts'
import { limitWrites, parentWrites } from './limits.ts'
import { thisOwner } from './owner.ts'
import { isMachine, type Machine, requirements } from './requirements.ts'
import { claimSlot, releaseSlot, type Slot, STAGE } from './slot.ts'
import { sweep } from './sweep.ts'
import { systemCallFilter } from './system-call-filter.ts'
import { writeUsers } from './users.ts'
import { handOver, isReachable, ownerOfWorkspace, takeBack } from './workspace.ts'

export interface LocalOptions {
  /** The control group that holds those of all sandboxes. */
  readonly parent: string
  /** Tells which users are taken, and by whom; readable for all, and gone with the machine. */
  readonly stateFolder: string
}

const DEFAULTS: LocalOptions = { parent: 'foretoken', stateFolder: '/run/foretoken/sandboxes' }

/**
 * Sandboxes of this machine, without a service: bubblewrap, control groups, and a user for each. They end with the thread that
 * runs them, as the kernel counts parents by thread: run them from the main one.
 */
export function localSandbox(options: Partial<LocalOptions> = {}): SandboxBackend {
  const { parent, stateFolder } = { ...DEFAULTS, ...options }
  let known: Machine | null = null
  const look = async () => {
    const found = known ?? (await requirements(parent))
    if (isMachine(found) && known === null) writeUsers(usersOf(stateFolder))
    if (isMachine(found)) known = found
    return found
  }
  return {
    name: 'local',
    async check() {
      const found = await look()
      if (!isMachine(found)) return found
      // Whether groups can be made was tried; runs make theirs when they come.
      await removeParent({ layout: found.layout, path: parent })
      return []
    },
    async run(spec, signal) {
      const machine = await look()
      if (!isMachine(machine))
        return notMade(`missing here: ${machine.map(({ missing }) => missing).join('; ')}`)
      if (spec.image !== null)
        return notMade(`the local back end has no images: ${spec.image} is for docker or kubernetes`)
      return orReason(() => runIn({ spec, machine, parent, stateFolder }, signal))
    },
    async sweep() {
      const machine = await look()
      return isMachine(machine) ? sweep({ layout: machine.layout, parent, stateFolder }) : []
    },
  }
}

/** Beside the claims, as it is the same for all. */
const usersOf = (stateFolder: string): string => join(dirname(stateFolder), 'users')

interface Run extends LocalOptions {
  readonly spec: SandboxSpec
  readonly machine: Machine
}

/** What the system refuses is a fact about the run; anything else that is thrown is a bug. */
async function orReason(run: () => Promise<SandboxFacts>): Promise<SandboxFacts> {
  try {
    return await run()
  } catch (error) {
    const reason = infraReasonOf(error)
    if (reason === null) throw error
    return notMade(reason)
  }
}

async function runIn(run: Run, signal: AbortSignal): Promise<SandboxFacts> {
  const { spec, machine, parent, stateFolder } = run
  const { workspace, id } = spec
  const owner = await thisOwner()
  const slot = await claimSlot(stateFolder, { id, owner, workspace, ...ownerOfWorkspace(spec) })
  try {
    await handOver(spec, slot.uid)
    return await runInGroup(
      { layout: machine.layout, path: `${parent}/${slot.uid}` },
      { ...run, slot },
      signal,
    )
  } finally {
    await takeBack(slot)
    await releaseSlot(slot)
  }
}

async function runInGroup(
  group: Cgroup,
  { spec, machine, parent, stateFolder, slot }: Run & { readonly slot: Slot },
  signal: AbortSignal,
): Promise<SandboxFacts> {
  const { layout, links, architecture } = machine
  try {
    const weight = parentWrites(availableParallelism(), layout)
    const limits = limitWrites(spec, layout)
    const make = () => makeGroup(group, limits)
    // Another runner may have swept the parent away, which it leaves when something is in it.
    await make().catch(async () => {
      await removeGroup(group)
      await makeParent({ layout, path: parent }, weight)
      await make()
    })
    const stage = isReachable(spec.workspace) ? null : join(slot.folder, STAGE)
    const command = sandboxCommand(spec, {
      ...{ uid: slot.uid, users: usersOf(stateFolder), links },
      workspace: stage ?? spec.workspace,
    })
    const filter = systemCallFilter(architecture)
    const ended = await launch({ spec, command, filter, group, slot, stage }, signal)
    return factsOf(ended, await readCounters(layout, (role, file) => readGroupFile(group, role, file)))
  } finally {
    await killAll(group)
    await removeGroup(group)
  }
}
