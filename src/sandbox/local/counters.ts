import type { SandboxFacts } from '../sandbox.ts'
import type { CgroupLayout, Role } from './cgroup-layout.ts'

export type Counters = Pick<SandboxFacts, 'oomKills' | 'peakMemoryBytes' | 'cpuSeconds' | 'throttledSeconds'>

/** Text of a file of the group; null = the kernel has no such file. */
export type ReadGroupFile = (role: Role, file: string) => Promise<string | null>

const MICROSECONDS = 1e6
const NANOSECONDS = 1e9

/** What the kernel counted for the group. Version 1 counts time in nanoseconds, version 2 in microseconds. */
export async function readCounters(layout: CgroupLayout, read: ReadGroupFile): Promise<Counters> {
  const [first, firstCpu] = [layout.memory.version === 1, layout.cpu.version === 1]
  const events = await read('memory', first ? 'memory.oom_control' : 'memory.events')
  const peak = await read('memory', first ? 'memory.max_usage_in_bytes' : 'memory.peak')
  const stat = await read('cpu', 'cpu.stat')
  return {
    oomKills: keyed(events, 'oom_kill'),
    peakMemoryBytes: count(peak),
    cpuSeconds: await cpuSeconds(layout, read),
    throttledSeconds: firstCpu
      ? seconds(keyed(stat, 'throttled_time'), NANOSECONDS)
      : seconds(keyed(stat, 'throttled_usec'), MICROSECONDS),
  }
}

async function cpuSeconds(layout: CgroupLayout, read: ReadGroupFile): Promise<number | null> {
  if (layout.cpuacct.version === 1) return seconds(count(await read('cpuacct', 'cpuacct.usage')), NANOSECONDS)
  return seconds(keyed(await read('cpuacct', 'cpu.stat'), 'usage_usec'), MICROSECONDS)
}

/** The value of one key in a file of `key value` lines; null = the kernel does not count it. */
export function keyed(text: string | null, key: string): number | null {
  const line = text?.split('\n').find((each) => each.startsWith(`${key} `))
  return line === undefined ? null : count(line.slice(key.length + 1))
}

function count(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text.trim()) ? Number(text) : null
}

const seconds = (units: number | null, perSecond: number): number | null =>
  units === null ? null : units / perSecond
