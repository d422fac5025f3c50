import type { Ceiling, Floor } from '../sandbox.ts'
import type { CgroupLayout, Role } from './cgroup-layout.ts'

/** One file of a control group and what is written into it. */
export interface GroupWrite {
  readonly role: Role
  readonly file: string
  readonly value: string
  /** Kernels without swap, or without its accounting, lack the file; then there is nothing to limit. */
  readonly optional: boolean
}

/** The kernel's default, and the span in which a ceiling of cpus holds. */
const PERIOD_US = 100_000

/** bwrap outside and inside: the command is not charged for them. */
const OWN_PIDS = 2

/**
 * Floor and ceiling as files of control groups (Documentation/admin-guide/cgroup-v1 and cgroup-v2). Memory and memory with
 * swap are limited alike: a run that swaps is slow, and not what its ceiling says.
 */
export function limitWrites(
  { floor, ceiling }: { readonly floor: Floor; readonly ceiling: Ceiling },
  layout: CgroupLayout,
): readonly GroupWrite[] {
  return [
    ...(layout.memory.version === 1 ? memoryV1 : memoryV2)(floor, ceiling),
    ...(layout.cpu.version === 1 ? cpuV1 : cpuV2)(floor, ceiling),
    ...(ceiling.pids === null ? [] : [write('pids', 'pids.max', ceiling.pids + OWN_PIDS)]),
  ]
}

/** What all sandboxes together weigh against the rest: so much that floors hold, and the rest is not starved. */
export function parentWrites(cpus: number, layout: CgroupLayout): readonly GroupWrite[] {
  const weight =
    layout.cpu.version === 1
      ? write('cpu', 'cpu.shares', Math.min(262_144, 10 * 1024 * cpus))
      : write('cpu', 'cpu.weight', Math.min(10_000, 10 * 100 * cpus))
  // In version 2 no group is protected beyond its parent, whose own protection is that of its groups together.
  return layout.memory.version === 1 ? [weight] : [weight, write('memory', 'memory.low', 'max')]
}

function memoryV1(floor: Floor, { memoryBytes }: Ceiling): readonly GroupWrite[] {
  const soft = optional('memory', 'memory.soft_limit_in_bytes', floor.memoryBytes)
  if (memoryBytes === null) return [soft]
  // In this order: with swap may never be less than without.
  return [
    write('memory', 'memory.limit_in_bytes', memoryBytes),
    optional('memory', 'memory.memsw.limit_in_bytes', memoryBytes),
    soft,
  ]
}

function memoryV2(floor: Floor, { memoryBytes }: Ceiling): readonly GroupWrite[] {
  const low = write('memory', 'memory.low', floor.memoryBytes)
  if (memoryBytes === null) return [low]
  return [write('memory', 'memory.max', memoryBytes), optional('memory', 'memory.swap.max', 0), low]
}

function cpuV1(floor: Floor, { cpus }: Ceiling): readonly GroupWrite[] {
  const shares = write('cpu', 'cpu.shares', within(2, 262_144, 1024 * floor.cpus))
  if (cpus === null) return [shares]
  return [shares, write('cpu', 'cpu.cfs_period_us', PERIOD_US), write('cpu', 'cpu.cfs_quota_us', quota(cpus))]
}

function cpuV2(floor: Floor, { cpus }: Ceiling): readonly GroupWrite[] {
  const weight = write('cpu', 'cpu.weight', within(1, 10_000, 100 * floor.cpus))
  return cpus === null ? [weight] : [weight, write('cpu', 'cpu.max', `${quota(cpus)} ${PERIOD_US}`)]
}

/** The kernel takes no quota under a millisecond. */
const quota = (cpus: number): number => Math.max(1000, Math.round(cpus * PERIOD_US))

const within = (least: number, most: number, value: number): number =>
  Math.min(most, Math.max(least, Math.round(value)))

const write = (role: Role, file: string, value: number | string): GroupWrite => ({
  role,
  file,
  value: String(value),
  optional: false,
})

const optional = (role: Role, file: string, value: number): GroupWrite => ({
  ...write(role, file, value),
  optional: true,
})
