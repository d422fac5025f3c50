import { join } from 'node:path'
import type Docker from 'dockerode'
import { GATEWAY_PORT, type SandboxSpec, WORKSPACE } from '../sandbox.ts'
import { seccompProfile } from './seccomp-profile.ts'

/** Who is to run where: what the engine is told beside the specification. */
export interface Place {
  readonly image: string
  readonly uid: number
  /** The control group that holds all containers of runs, as the engine's driver names it. */
  readonly cgroupParent: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Keeps the container while the command is run in it: its end would take the counters away, and the command is to begin only
 * when the gateway answers. A first process that is none of the command's can neither be ended by it nor shields it from signals.
 */
const HOLDER = ['sleep', '2147483647']

/** Not the command's user, which could end it. */
const HOLDER_USER = '65534:65534'

/** The init of the engine and what it keeps: the command is not charged for them. */
const OWN_PIDS = 2

/** The kernel's default, and the span in which a ceiling of cpus holds. */
const PERIOD_US = 100_000

/** What engines hide by themselves, and all that tells of the machine. */
const MASKED = [
  ...[
    'acpi',
    'asound',
    'kcore',
    'keys',
    'latency_stats',
    'scsi',
    'timer_list',
    'timer_stats',
    'sched_debug',
  ].map((name) => `/proc/${name}`),
  '/sys',
]

/** The container: without a network, rights or anything to write but the workspace and what goes with it. */
export function containerOptions(spec: SandboxSpec, place: Place): Docker.ContainerCreateOptions {
  return {
    Image: place.image,
    Entrypoint: [...HOLDER],
    Cmd: [],
    User: HOLDER_USER,
    Hostname: 'sandbox',
    Labels: { ...place.labels },
    HostConfig: {
      ...limits(spec),
      ...{ CgroupParent: place.cgroupParent, NetworkMode: 'none', IpcMode: 'private', Init: true },
      ...{ CapDrop: ['ALL'], ReadonlyRootfs: true, MaskedPaths: [...MASKED] },
      SecurityOpt: ['no-new-privileges', `seccomp=${JSON.stringify(seccompProfile())}`],
      ...{ LogConfig: { Type: 'none', Config: {} }, RestartPolicy: { Name: '' } },
      Tmpfs: { '/tmp': `rw,exec,nosuid,nodev,mode=1777,size=${spec.temporaryBytes}` },
      ShmSize: spec.temporaryBytes,
      Mounts: mounts(spec),
    },
  }
}

/** The command, as the engine starts it in the container; it adds the environment of the image. */
export function commandOptions(spec: SandboxSpec, { uid }: Pick<Place, 'uid'>): Docker.ExecCreateOptions {
  const address = spec.gateway === null ? {} : { FORETOKEN_GATEWAY: `http://127.0.0.1:${GATEWAY_PORT}` }
  const all = { HOME: '/tmp', LANG: 'C.UTF-8', TMPDIR: '/tmp', ...address, ...spec.env }
  return {
    Cmd: [...spec.command],
    Env: Object.entries(all).map(([name, value]) => `${name}=${value}`),
    User: `${uid}:${uid}`,
    WorkingDir: WORKSPACE,
    ...{ AttachStdout: true, AttachStderr: true, AttachStdin: false, Tty: false },
  }
}

/** Memory and memory with swap are limited alike: a run that swaps is slow, and not what its ceiling says. */
function limits({ floor, ceiling }: SandboxSpec): Docker.HostConfig {
  const { cpus, memoryBytes, pids } = ceiling
  return {
    CpuShares: Math.min(262_144, Math.max(2, Math.round(1024 * floor.cpus))),
    MemoryReservation: floor.memoryBytes,
    ...(cpus === null
      ? {}
      : { CpuPeriod: PERIOD_US, CpuQuota: Math.max(1000, Math.round(cpus * PERIOD_US)) }),
    ...(memoryBytes === null ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(pids === null ? {} : { PidsLimit: pids + OWN_PIDS }),
  }
}

function mounts({ workspace, mirrors = [], readOnly }: SandboxSpec): Docker.MountSettings[] {
  return [
    { Type: 'bind', Source: workspace, Target: WORKSPACE, ReadOnly: false },
    ...mirrors.map(({ folder, target }) => ({
      ...{ Type: 'bind' as const, Source: join(workspace, folder), Target: target, ReadOnly: false },
    })),
    ...readOnly.map(({ source, target }) => ({
      ...{ Type: 'bind' as const, Source: source, Target: target, ReadOnly: true },
    })),
  ]
}
