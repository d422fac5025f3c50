import type {
  V1Container,
  V1EmptyDirVolumeSource,
  V1PodSpec,
  V1ResourceRequirements,
  V1SecurityContext,
  V1VolumeMount,
} from '@kubernetes/client-node'
import { type SandboxSpec, WORKSPACE } from '../sandbox.ts'
import { environment, literally, readdressed, unasked } from './environment.ts'
import { COMMAND, FEED, FEED_SCRIPT, KEEP, KEEP_SCRIPT, SHARED, SUPERVISE_SCRIPT, VOLUME } from './scripts.ts'

/** One run, with all that is decided before anything is made. */
export interface PodRun {
  readonly spec: SandboxSpec
  readonly image: string
  /** Of the containers beside the command's: it has a shell, and tar. */
  readonly keeperImage: string
  readonly pullPolicy: PullPolicy
  /** Of no other run: what is counted by user is counted by run. */
  readonly uid: number
  /** For each read-only mount: null = a folder, else the name of the file. */
  readonly mountedFiles: readonly (string | null)[]
  /** What the run may leave in its workspace. */
  readonly workspaceBytes: number
  /** Beside the time of the command: to fetch images, to bring in and out. */
  readonly allowanceMs: number
  /** `http://10.0.0.7:41234`; null = none. */
  readonly gateway: string | null
}

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never'

/** The containers beside the command's, and the supervisor's own processes: shells, clocks, what starts the command. */
const KEEPER_RESOURCES = {
  requests: { cpu: '10m', memory: '16Mi' },
  limits: { cpu: '1', memory: '256Mi' },
}
const OWN_PIDS = 16

/** What the scheduler has to find room for, in cores and bytes. */
export const requested = ({ floor }: SandboxSpec): { cpus: number; memoryBytes: number } => ({
  cpus: floor.cpus + 0.01,
  memoryBytes: floor.memoryBytes + 16 * 2 ** 20,
})

/** Three containers and one volume; the pod ends no sooner than it is told to, or its deadline has come. */
export function podSpec(run: PodRun): V1PodSpec {
  const { spec, workspaceBytes, allowanceMs } = run
  return {
    restartPolicy: 'Never',
    // Counted from the moment a node took it; whoever was to fetch the results is gone by then.
    activeDeadlineSeconds: Math.ceil((spec.timeoutMs + spec.graceMs + allowanceMs) / 1000),
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // No name is looked up: the gateway has an address.
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['127.0.0.1'] },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: run.uid,
      runAsGroup: run.uid,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    tolerations: ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 30,
    })),
    initContainers: [keeper(run, FEED, ['sh', '-c', FEED_SCRIPT])],
    containers: [commandContainer(run), keeper(run, KEEP, keepCommand(spec))],
    volumes: [
      { name: 'run', emptyDir: { sizeLimit: String(workspaceBytes) } },
      { name: 'tmp', emptyDir: inMemory(spec) },
      { name: 'shm', emptyDir: inMemory(spec) },
    ],
  }
}

function commandContainer(run: PodRun): V1Container {
  const { spec, image, gateway, pullPolicy } = run
  const env = Object.entries(environment(spec, gateway))
  return {
    name: COMMAND,
    image,
    imagePullPolicy: pullPolicy,
    command: ['sh', '-c', SUPERVISE_SCRIPT, 'sh'].map(literally),
    args: [...supervision(spec), ...spec.command.map((word) => readdressed(word, gateway))].map(literally),
    env: env.map(([name, value]) => ({ name, value: literally(value) })),
    workingDir: WORKSPACE,
    resources: resources(spec),
    securityContext: CONFINED,
    volumeMounts: [
      { name: 'run', mountPath: WORKSPACE, subPath: 'workspace' },
      ...(spec.mirrors ?? []).map(({ folder, target }) => ({
        ...{ name: 'run', mountPath: target, subPath: `workspace/${folder}` },
      })),
      { name: 'run', mountPath: SHARED, subPath: 'shared' },
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'shm', mountPath: '/dev/shm' },
      ...readOnlyMounts(run),
    ],
  }
}

function keeper(run: PodRun, name: string, command: readonly string[]): V1Container {
  return {
    name,
    image: run.keeperImage,
    imagePullPolicy: run.pullPolicy,
    command: command.map(literally),
    resources: KEEPER_RESOURCES,
    securityContext: CONFINED,
    volumeMounts: [{ name: 'run', mountPath: VOLUME }],
  }
}

const CONFINED: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

const keepCommand = ({ stdout, stderr }: SandboxSpec): readonly string[] => [
  ...['sh', '-c', KEEP_SCRIPT, 'sh'],
  ...[stdout, stderr].map(({ maxBytes }) => String(maxBytes)),
]

/** The arguments of the supervisor that come before the command. */
function supervision(spec: SandboxSpec): readonly string[] {
  const { timeoutMs, graceMs, ceiling } = spec
  const seconds = [timeoutMs, timeoutMs + graceMs].map((ms) => String(ms / 1000))
  return [...seconds, ceiling.pids === null ? '' : String(ceiling.pids + OWN_PIDS), unasked(spec).join(' ')]
}

/** The floor is what the scheduler sets aside, the ceiling what the kernel enforces. */
function resources({ floor, ceiling }: SandboxSpec): V1ResourceRequirements {
  const capped = {
    ...(ceiling.cpus === null ? {} : { cpu: millicores(ceiling.cpus) }),
    ...(ceiling.memoryBytes === null ? {} : { memory: String(Math.floor(ceiling.memoryBytes)) }),
  }
  return {
    requests: { cpu: millicores(floor.cpus), memory: String(Math.ceil(floor.memoryBytes)) },
    ...(Object.keys(capped).length === 0 ? {} : { limits: capped }),
  }
}

const millicores = (cpus: number): string => `${Math.ceil(cpus * 1000)}m`

const inMemory = ({ temporaryBytes }: SandboxSpec): V1EmptyDirVolumeSource => ({
  medium: 'Memory',
  sizeLimit: String(temporaryBytes),
})

function readOnlyMounts({ spec, mountedFiles }: PodRun): readonly V1VolumeMount[] {
  return spec.readOnly.map(({ target }, at) => {
    const file = mountedFiles[at] ?? null
    const subPath = file === null ? `inputs/${at}` : `inputs/${at}/${file}`
    return { name: 'run', mountPath: target, subPath, readOnly: true }
  })
}
