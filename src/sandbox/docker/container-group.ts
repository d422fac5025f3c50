import { readFile } from 'node:fs/promises'
import { type Cgroup, readGroupFile } from '../local/cgroup.ts'
import type { CgroupLayout } from '../local/cgroup-layout.ts'
import { type Counters, readCounters } from '../local/counters.ts'
import { InfraError } from '../local/infra-error.ts'

/** The control group of a container, found by a process in it. @throws where that process is not of this machine */
export async function containerGroup(
  { id, pid }: { readonly id: string; readonly pid: number },
  layout: CgroupLayout,
): Promise<Cgroup> {
  const path = groupPath(await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => ''), layout)
  if (path === null || !path.includes(id))
    throw new InfraError('the container cannot be seen from here: the engine is of another machine')
  return { layout, path: path.replace(/^\//, '') }
}

/** Where `/proc/PID/cgroup` (cgroups(7)) says that memory is counted; null = nowhere. */
export function groupPath(text: string, { memory }: CgroupLayout): string | null {
  for (const line of text.split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    const isIt = memory.version === 2 ? controllers === '' : controllers.split(',').includes('memory')
    if (path !== '' && isIt) return path
  }
  return null
}

/** The counters of a container, less what it took to make it. */
export async function countersSince(group: Cgroup, made: Counters): Promise<Counters> {
  const now = await groupCounters(group)
  const since = (later: number | null, before: number | null) =>
    later === null || before === null ? null : Math.max(0, later - before)
  return { ...now, cpuSeconds: since(now.cpuSeconds, made.cpuSeconds) }
}

export const groupCounters = (group: Cgroup): Promise<Counters> =>
  readCounters(group.layout, (role, file) => readGroupFile(group, role, file))
