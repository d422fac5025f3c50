import { GATEWAY_PORT, type SandboxSpec, WORKSPACE } from '../sandbox.ts'
import { USER_FILES } from './users.ts'

/** Who is to run where: what bubblewrap is told beside the specification. */
export interface Place {
  /** Of the host; inside it is 1000. */
  readonly uid: number
  /** The folder of the files that tell of the users. */
  readonly users: string
  /** Where the run's user reaches the workspace. */
  readonly workspace: string
  /** Which of the folders of {@link SYSTEM} are links into /usr here, with where they lead. */
  readonly links: Readonly<Record<string, string>>
}

/** Descriptors of the process, beside its input and outputs. */
export const STATUS_FD = 3
export const BLOCK_FD = 4
export const ARGS_FD = 5
export const FILTER_FD = 6

/** Where programs and libraries are; links into /usr on most systems. */
export const SYSTEM = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'] as const

/** What programs need of /etc that tells nothing of the host. */
const ETC = [
  'alternatives',
  'ca-certificates',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'pki',
  'protocols',
  'services',
  'ssl',
]

const HOME = '/tmp/home'

/** What starts the command, and what bubblewrap reads from a descriptor, where no other user of the host sees it. */
export interface SandboxCommand {
  readonly line: readonly string[]
  readonly args: readonly string[]
}

/**
 * The line that starts the command: first another user, since bubblewrap started as root could write to /proc/sys, then
 * namespaces of its own for everything. The last of them to be shut is the root itself.
 */
export function sandboxCommand(spec: SandboxSpec, place: Place): SandboxCommand {
  return {
    line: [...asUser(place.uid), 'bwrap', '--args', String(ARGS_FD), '--', ...spec.command],
    args: [
      ...['--unshare-all', '--unshare-user', '--disable-userns', '--cap-drop', 'ALL'],
      ...['--die-with-parent', '--new-session', '--uid', '1000', '--gid', '1000', '--hostname', 'sandbox'],
      ...['--json-status-fd', String(STATUS_FD), '--seccomp', String(FILTER_FD)],
      ...(spec.gateway === null ? [] : ['--block-fd', String(BLOCK_FD)]),
      ...environment(spec),
      ...files(spec, place),
      ...['--chdir', WORKSPACE],
    ],
  }
}

function asUser(uid: number): readonly string[] {
  const user = String(uid)
  return [
    'setpriv',
    '--reuid',
    user,
    '--regid',
    user,
    '--clear-groups',
    '--bounding-set=-all',
    '--no-new-privs',
  ]
}

function environment({ env, gateway }: SandboxSpec): readonly string[] {
  const own = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME, LANG: 'C.UTF-8', TMPDIR: '/tmp' }
  const address = gateway === null ? {} : { FORETOKEN_GATEWAY: `http://127.0.0.1:${GATEWAY_PORT}` }
  const all = Object.entries({ ...own, ...address, ...env })
  return ['--clearenv', ...all.flatMap(([name, value]) => ['--setenv', name, value])]
}

function files(spec: SandboxSpec, { users, workspace, links }: Place): readonly string[] {
  const room = String(spec.temporaryBytes)
  const system = SYSTEM.flatMap((name) => {
    const link = links[name]
    return link === undefined ? ['--ro-bind-try', `/${name}`, `/${name}`] : ['--symlink', link, `/${name}`]
  })
  return [
    ...['--ro-bind', '/usr', '/usr', ...system],
    ...ETC.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...USER_FILES.flatMap((name) => ['--ro-bind', `${users}/${name}`, `/etc/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev', '--size', room, '--perms', '1777', '--tmpfs', '/dev/shm'],
    ...['--size', room, '--perms', '1777', '--tmpfs', '/tmp', '--dir', HOME],
    ...spec.readOnly.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    ...['--bind', workspace, WORKSPACE],
    ...(spec.mirrors ?? []).flatMap(({ folder, target }) => ['--bind', `${workspace}/${folder}`, target]),
    // The first process is bubblewrap's own, with descriptors that tell how the command ended.
    ...['--tmpfs', '/proc/1', '--remount-ro', '/proc/1', '--remount-ro', '/dev', '--remount-ro', '/'],
  ]
}
