import type { Complaint } from '../sandbox.ts'

/** What a sandbox needs of control groups; `kill` ends a whole group at once. */
export const ROLES = ['memory', 'cpu', 'cpuacct', 'pids', 'kill'] as const
export type Role = (typeof ROLES)[number]

/** A hierarchy of control groups, as it is mounted. */
export interface Hierarchy {
  readonly version: 1 | 2
  readonly root: string
  readonly controllers: readonly string[]
}

/** Which hierarchy does what. */
export type CgroupLayout = Readonly<Record<Role, Hierarchy>>

/** The hierarchies in `/proc/self/mountinfo` (proc(5)); of version 2 the controllers stand in a file of their own. */
export function parseHierarchies(mountinfo: string): readonly Hierarchy[] {
  return mountinfo.split('\n').flatMap((line): Hierarchy[] => {
    const [mount = '', superblock = ''] = line.split(' - ')
    const root = unquote(mount.split(' ')[4] ?? '')
    const [type, , options = ''] = superblock.split(' ')
    if (type === 'cgroup2') return [{ version: 2, root, controllers: [] }]
    return type === 'cgroup' ? [{ version: 1, root, controllers: options.split(',') }] : []
  })
}

/** Who does what, or everything that is missing. */
export function layOut(hierarchies: readonly Hierarchy[]): CgroupLayout | readonly Complaint[] {
  const unified = hierarchies.find(({ version }) => version === 2)
  const having = (controller: string) =>
    hierarchies.find(({ controllers }) => controllers.includes(controller))
  const found = {
    memory: having('memory'),
    cpu: having('cpu'),
    // Version 2 counts processor time in every group, whoever limits it.
    cpuacct: having('cpuacct') ?? unified,
    pids: having('pids'),
    // A group of version 2 is ended at once, but joining one beside those of version 1 would take as long as all the rest.
    kill: (having('memory')?.version === 1 ? having('freezer') : undefined) ?? unified ?? having('freezer'),
  }
  const { memory, cpu, cpuacct, pids, kill } = found
  if (memory && cpu && cpuacct && pids && kill) return { memory, cpu, cpuacct, pids, kill }
  return ROLES.filter((role) => found[role] === undefined).map((role) => ({
    missing: `control groups: ${role === 'kill' ? 'neither version 2 nor the freezer' : `no ${role} controller`}`,
    fix: 'mount control groups of version 2 at /sys/fs/cgroup, or start the container with --privileged --cgroupns=host',
  }))
}

/** Space, tab, newline and backslash stand in the file as octal numbers. */
const unquote = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
