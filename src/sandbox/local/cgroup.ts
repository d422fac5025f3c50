import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CgroupLayout, Hierarchy, Role } from './cgroup-layout.ts'
import { keyed } from './counters.ts'
import { InfraError } from './infra-error.ts'
import type { GroupWrite } from './limits.ts'

/** A control group, in every hierarchy that has a part in it. */
export interface Cgroup {
  readonly layout: CgroupLayout
  /** Below the root of each hierarchy, such as `foretoken/1900000000`. */
  readonly path: string
}

/** Of what is asked of version 2: each parent has to pass its controllers on. */
const PASSED_ON = ['memory', 'cpu', 'pids'] as const

/** After a kill: the kernel frees memory first, and that of a large run takes a while. */
const EMPTY_WITHIN_MS = 20_000

/**
 * Makes the group that holds all others, whose weight is that of all sandboxes together. As below, files of control groups are
 * used at once: they are the kernel's memory, and to hand each to another thread takes several times as long.
 */
export async function makeParent(group: Cgroup, writes: readonly GroupWrite[]): Promise<void> {
  const passed = PASSED_ON.filter((role) => group.layout[role].version === 2)
  const control = passed.map((role) => `+${role}`).join(' ')
  const root = passed[0] === undefined ? null : group.layout[passed[0]].root
  if (root !== null) writeFileSync(join(root, 'cgroup.subtree_control'), control)
  for (const folder of folders(group)) mkdirSync(folder, { recursive: true })
  if (root !== null) writeFileSync(join(root, group.path, 'cgroup.subtree_control'), control)
  writeLimits(group, writes)
}

export async function makeGroup(group: Cgroup, writes: readonly GroupWrite[]): Promise<void> {
  for (const folder of folders(group)) mkdirSync(folder)
  writeLimits(group, writes)
}

function writeLimits(group: Cgroup, writes: readonly GroupWrite[]): void {
  for (const { role, file, value, optional } of writes)
    try {
      writeFileSync(fileOf(group, role, file), value, { flag: 'r+' })
    } catch (error) {
      if (!optional || codeOf(error) !== 'ENOENT') throw error
    }
}

/**
 * The files to which a process of one thread writes 0 to be in the group itself. Version 1 takes a thread alone, for which the
 * kernel does not stop all starts and ends of processes: the first of those waits 5 to 20 ms for the other processors.
 */
export const joinFiles = ({ layout, path }: Cgroup): readonly string[] =>
  hierarchies(layout).map(({ root, version }) => join(root, path, version === 1 ? 'tasks' : 'cgroup.procs'))

/** Asks every process to end, but those named. */
export async function terminate(group: Cgroup, but: readonly number[]): Promise<void> {
  for (const pid of await processes(group)) if (!but.includes(pid)) send(pid, 'SIGTERM')
}

/** Ends every process of the group, also one that forks as fast as it is killed. @throws where one does not end */
export async function killAll(group: Cgroup): Promise<void> {
  const deadline = Date.now() + EMPTY_WITHIN_MS
  for (let waitMs = 1; !(await isEmpty(group)); waitMs = Math.min(2 * waitMs, 50)) {
    if (Date.now() > deadline) throw new InfraError(`processes in ${group.path} do not end`)
    await (group.layout.kill.version === 2 ? killAtOnce(group) : killFrozen(group))
    await sleep(waitMs)
  }
}

const killAtOnce = (group: Cgroup): void => writeFileSync(fileOf(group, 'kill', 'cgroup.kill'), '1')

/** Frozen, nothing forks; the signals arrive as it thaws. */
async function killFrozen(group: Cgroup): Promise<void> {
  const state = fileOf(group, 'kill', 'freezer.state')
  writeFileSync(state, 'FROZEN')
  for (let tries = 0; tries < 50 && readFileSync(state, 'utf8').trim() !== 'FROZEN'; tries++) await sleep(2)
  for (const pid of await processes(group)) send(pid, 'SIGKILL')
  writeFileSync(state, 'THAWED')
}

/** Counters are complete only then. A group that is not there is empty. */
async function isEmpty(group: Cgroup): Promise<boolean> {
  if (group.layout.kill.version === 1) return (await processes(group)).length === 0
  const populated = keyed(await readGroupFile(group, 'kill', 'cgroup.events'), 'populated')
  return populated === 0 || populated === null
}

/** Those in the group, as this process numbers them. */
export async function processes(group: Cgroup): Promise<readonly number[]> {
  const text = (await readGroupFile(group, 'kill', 'cgroup.procs')) ?? ''
  return text.split('\n').filter(Boolean).map(Number)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It has ended by itself.
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

/**
 * Removes a group, after what is in it. A process whose runner was killed may still be joining: the group that ends it is
 * joined first and removed first, so that nothing comes in behind it. The kernel may hold a group for a moment.
 */
export async function removeGroup(group: Cgroup): Promise<void> {
  const deadline = Date.now() + EMPTY_WITHIN_MS
  for (const folder of folders(group)) {
    while (!isRemoved(folder)) {
      if (Date.now() > deadline) throw new InfraError(`${folder} cannot be removed`)
      await killAll(group)
      await sleep(5)
    }
  }
}

/** False = something is in it. */
function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (codeOf(error) === 'EBUSY') return false
    if (codeOf(error) === 'ENOENT') return true
    throw error
  }
}

/** Removes the group that holds all others, unless one is left in it. */
export async function removeParent(group: Cgroup): Promise<void> {
  for (const folder of folders(group)) isRemoved(folder)
}

/** Null = there is no such file. */
export async function readGroupFile(group: Cgroup, role: Role, file: string): Promise<string | null> {
  try {
    return readFileSync(fileOf(group, role, file), 'utf8')
  } catch (error) {
    // ENODEV: the group goes away while it is read.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENODEV') return null
    throw error
  }
}

const fileOf = ({ layout, path }: Cgroup, role: Role, file: string): string =>
  join(layout[role].root, path, file)

const folders = ({ layout, path }: Cgroup): readonly string[] =>
  hierarchies(layout).map(({ root }) => join(root, path))

/** The one that ends a group first. */
const hierarchies = (layout: CgroupLayout): readonly Hierarchy[] => {
  const all = [layout.kill, ...Object.values(layout)]
  return all.filter(({ root }, i) => all.findIndex((other) => other.root === root) === i)
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null)
