import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import type { Complaint } from '../sandbox.ts'
import { SYSTEM } from './bubblewrap.ts'
import { type Cgroup, makeParent, readGroupFile } from './cgroup.ts'
import { type CgroupLayout, type Hierarchy, layOut, parseHierarchies } from './cgroup-layout.ts'
import { SYSTEM_PATH } from './launch.ts'
import { parentWrites } from './limits.ts'
import { ARCHITECTURES, type Architecture } from './system-call-filter.ts'

const execute = promisify(execFile)

/** What this machine has that sandboxes are made of. */
export interface Machine {
  readonly layout: CgroupLayout
  readonly links: Readonly<Record<string, string>>
  readonly architecture: Architecture
}

/** Looks at the machine, or says everything that is missing: without all of it nothing is run. */
export async function requirements(parent: string): Promise<Machine | readonly Complaint[]> {
  const layout = layOut(await readHierarchies())
  const architecture = ARCHITECTURES[process.arch]
  const complaints = [
    ...userComplaints(),
    ...architectureComplaints(architecture),
    ...(await toolComplaints()),
    ...(isLayout(layout) ? [] : layout),
  ]
  if (!isLayout(layout) || architecture === undefined || complaints.length > 0) return complaints
  const unwritable = await groupComplaints(layout, parent)
  return unwritable.length > 0 ? unwritable : { layout, links: await systemLinks(), architecture }
}

export const isMachine = (found: Machine | readonly Complaint[]): found is Machine => 'layout' in found

const isLayout = (found: CgroupLayout | readonly Complaint[]): found is CgroupLayout => 'memory' in found

/** All that are mounted here. */
export async function readHierarchies(): Promise<readonly Hierarchy[]> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  return Promise.all(
    parseHierarchies(mountinfo).map(async (hierarchy) => {
      if (hierarchy.version === 1) return hierarchy
      const controllers = await readFile(`${hierarchy.root}/cgroup.controllers`, 'utf8').catch(() => '')
      return { ...hierarchy, controllers: controllers.trim().split(' ') }
    }),
  )
}

/** Back ends of this machine need to be root: whose user a run gets belongs to nobody. */
export function userComplaints(): readonly Complaint[] {
  if (process.platform !== 'linux')
    return [
      { missing: `Linux (this is ${process.platform})`, fix: 'use another back end, or a virtual machine' },
    ]
  if (process.getuid?.() === 0) return []
  return [{ missing: 'root, which gives every run a user of its own', fix: 'start it with sudo' }]
}

const architectureComplaints = (known: Architecture | undefined): readonly Complaint[] =>
  known === undefined
    ? [{ missing: `a filter of system calls for ${process.arch}`, fix: 'use a machine that is x64 or arm64' }]
    : []

const TOOLS = [
  { name: 'setpriv', args: ['--version'], fix: 'install util-linux' },
  { name: 'unshare', args: ['--version'], fix: 'install util-linux' },
  { name: 'nsenter', args: ['--version'], fix: 'install util-linux' },
  {
    name: 'bwrap',
    args: ['--version'],
    fix: 'install bubblewrap 0.8 or newer (`apt-get install bubblewrap`)',
  },
]

/** A namespace is really made, as an unknown user: there are many ways for that to be forbidden. */
async function toolComplaints(): Promise<readonly Complaint[]> {
  const missing = await Promise.all(
    TOOLS.map(async ({ name, args, fix }) =>
      (await works(name, args)) === null ? [] : [{ missing: name, fix }],
    ),
  )
  if (missing.flat().length > 0 || userComplaints().length > 0) return missing.flat()
  const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--', 'bwrap']
  const isolation = ['--unshare-all', '--unshare-user', '--disable-userns', '--ro-bind', '/', '/', 'true']
  const said = await works('setpriv', [...nobody, ...isolation])
  if (said === null) return []
  return [
    {
      missing: `user namespaces (${said})`,
      fix: 'allow them: sysctl user.max_user_namespaces=15000, kernel.unprivileged_userns_clone=1, and kernel.apparmor_restrict_unprivileged_userns=0 where there are such; bubblewrap has to be 0.8 or newer',
    },
  ]
}

/** Null = it works; else the last that it said. */
async function works(name: string, args: readonly string[]): Promise<string | null> {
  try {
    await execute(name, [...args], { env: { PATH: SYSTEM_PATH } })
    return null
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split('\n').at(-1) : undefined
    return said ?? String(error)
  }
}

async function groupComplaints(layout: CgroupLayout, parent: string): Promise<readonly Complaint[]> {
  try {
    const group = { layout, path: parent }
    await makeParent(group, parentWrites(availableParallelism(), layout))
    return (await swapIsLimited(group)) ? [] : [SWAP]
  } catch (error) {
    return [
      {
        missing: `control groups that can be written (${error instanceof Error ? error.message : error})`,
        fix: 'run on the host, or in a container started with --privileged --cgroupns=host',
      },
    ]
  }
}

const SWAP: Complaint = {
  missing: 'accounting of swap, without which no ceiling of memory holds',
  fix: 'start the kernel with swapaccount=1, or turn swap off (`swapoff -a`)',
}

async function swapIsLimited(parent: Cgroup): Promise<boolean> {
  const file = parent.layout.memory.version === 1 ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max'
  if ((await readGroupFile(parent, 'memory', file)) !== null) return true
  const swaps = await readFile('/proc/swaps', 'utf8').catch(() => '')
  return swaps.trim().split('\n').length < 2
}

/** On most systems /bin and its like are links into /usr. */
async function systemLinks(): Promise<Readonly<Record<string, string>>> {
  const links = SYSTEM.map(async (name) => [name, await readlink(`/${name}`).catch(() => null)] as const)
  const found = (await Promise.all(links)).flatMap(([name, link]) =>
    link === null ? [] : [[name, link] as const],
  )
  return Object.fromEntries(found)
}
