import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { Readable, Writable } from 'node:stream'
import type { SandboxSpec } from '../sandbox.ts'
import { ARGS_FD, BLOCK_FD, FILTER_FD, type SandboxCommand, STATUS_FD } from './bubblewrap.ts'
import { type Cgroup, joinFiles, killAll } from './cgroup.ts'
import { endInTime } from './end-in-time.ts'
import { type Forwarder, startForwarder } from './forwarder.ts'
import { inheritedDescriptors } from './inherited-descriptors.ts'
import { type KeptOutput, keepOutput } from './keep-output.ts'
import { closeInside, outputPipes } from './output-pipes.ts'
import type { Slot } from './slot.ts'
import { parseStatus, type Status } from './status.ts'

export interface Launch {
  readonly spec: SandboxSpec
  readonly command: SandboxCommand
  /** Of system calls. */
  readonly filter: Buffer
  readonly group: Cgroup
  readonly slot: Pick<Slot, 'folder' | 'uid'>
  /** Where the workspace is mounted for the run's user to reach it; null = it does without. */
  readonly stage: string | null
}

/** How a sandbox ended, before anything is made of it. */
export interface Ended {
  readonly status: Status
  /** Of bubblewrap itself; null = it was killed. */
  readonly code: number | null
  readonly timedOut: boolean
  readonly stopped: boolean
  /** Why there was no way to the gateway; null = there was, or none was asked for. */
  readonly trouble: string | null
  /** The way to the gateway ended before the command did. */
  readonly cutOff: boolean
  readonly stdout: KeptOutput
  readonly stderr: KeptOutput
}

/** Joins the control groups whose files stand before `--`, and becomes the rest. */
const JOIN = 'while [ "$1" != -- ]; do echo 0 >"$1" || exit 1; shift; done; shift; exec "$@"'

/** Mounts its first argument at the second, and becomes the rest. */
const MOUNT = 'mount --bind -- "$1" "$2" || exit 1; shift 2; exec "$@"'

/** Where programs of the system are: the host's own path is nothing to be seen inside. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Starts the command and waits until nothing of it runs any more. */
export async function launch(launch: Launch, signal: AbortSignal): Promise<Ended> {
  const { spec, group, slot } = launch
  const pipes = await outputPipes(slot.uid)
  const child = start(launch, [pipes.stdout.inside, pipes.stderr.inside])
  closeInside([pipes.stdout, pipes.stderr])
  const exited = once(child, 'exit')
  exited.catch(() => {}) // awaited below, after the way to the gateway
  const { timeoutMs, graceMs } = spec
  const watch = endInTime({ group, watcher: child, timeoutMs, graceMs }, signal)
  const outputs = Promise.all([
    keepOutput(pipes.stdout.outside, spec.stdout),
    keepOutput(pipes.stderr.outside, spec.stderr),
  ])
  const told = gather(readable(child, STATUS_FD))
  const way = await openWay({ spec, uid: slot.uid, told, child }, watch.ending)
  try {
    if (way.trouble !== null) watch.kill()
    const [code]: (number | null)[] = await Promise.race([exited, watch.failed])
    await killAll(group)
    const [stdout, stderr] = await Promise.race([outputs, watch.failed])
    const cutOff = (await way.forwarder?.stop()) === false
    return {
      ...{
        status: parseStatus(await told.whole),
        code: code ?? null,
        trouble: way.trouble,
        cutOff,
        stdout,
        stderr,
      },
      ...{ timedOut: watch.timedOut(), stopped: watch.stopped() },
    }
  } finally {
    watch.end()
    await way.forwarder?.stop()
  }
}

function start({ spec, command, filter, group, stage }: Launch, outputs: readonly number[]): ChildProcess {
  const block = spec.gateway === null ? 'ignore' : 'pipe'
  const nothing = openSync('/dev/null', 'r')
  const stdio: ('ignore' | 'pipe' | number)[] = ['ignore', ...outputs, 'pipe', block, 'pipe', 'pipe']
  for (const descriptor of inheritedDescriptors()) stdio[descriptor] ??= nothing
  const joining = ['-c', JOIN, 'sh', ...joinFiles(group), '--']
  const child = spawn('/bin/sh', [...joining, ...mounting(spec.workspace, stage), ...command.line], {
    // Those that are left out are closed.
    stdio: Array.from(stdio, (each) => each ?? 'ignore'),
    // Ctrl-C in a terminal is for the runner, which decides what it means for its sandboxes.
    detached: true,
    cwd: '/',
    env: { PATH: SYSTEM_PATH },
  })
  closeSync(nothing)
  send(child, ARGS_FD, command.args.map((arg) => `${arg}\0`).join(''))
  send(child, FILTER_FD, filter)
  return child
}

/**
 * Folders above a workspace are often closed to other users, as whom bubblewrap would look for it: it is then mounted where that
 * user can pass, for this run alone.
 */
function mounting(workspace: string, stage: string | null): readonly string[] {
  if (stage === null) return []
  const apart = ['unshare', '--mount', '--propagation', 'private', '--']
  return [...apart, '/bin/sh', '-c', MOUNT, 'sh', workspace, stage]
}

function send(child: ChildProcess, descriptor: number, bytes: string | Buffer): void {
  const stream = writable(child, descriptor)
  stream.on('error', () => {}) // it ended before it had read them; its status tells
  stream.end(bytes)
}

interface Way {
  readonly forwarder: Forwarder | null
  readonly trouble: string | null
}

/** The command begins only when the gateway answers. */
async function openWay(
  { spec, uid, told, child }: { spec: SandboxSpec; uid: number; told: Told; child: ChildProcess },
  ending: AbortSignal,
): Promise<Way> {
  if (spec.gateway === null) return { forwarder: null, trouble: null }
  const block = writable(child, BLOCK_FD)
  block.on('error', () => {}) // it ended before it was let go; its status tells
  const { childPid } = parseStatus(await told.first)
  if (childPid === null) return { forwarder: null, trouble: null }
  try {
    const forwarder = await startForwarder({ pid: childPid, socket: spec.gateway.socket, uid }, ending)
    block.end('.')
    return { forwarder, trouble: null }
  } catch (error) {
    return { forwarder: null, trouble: error instanceof Error ? error.message : String(error) }
  }
}

/** Text that comes piece by piece: up to its first line, and to its end. */
interface Told {
  readonly first: Promise<string>
  readonly whole: Promise<string>
}

function gather(stream: Readable): Told {
  let text = ''
  const first = Promise.withResolvers<string>()
  const whole = Promise.withResolvers<string>()
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
    if (text.includes('\n')) first.resolve(text)
  })
  stream.on('close', () => {
    first.resolve(text)
    whole.resolve(text)
  })
  return { first: first.promise, whole: whole.promise }
}

function readable(child: ChildProcess, descriptor: number): Readable {
  const stream = child.stdio[descriptor]
  if (stream instanceof Readable) return stream
  throw new Error(`descriptor ${descriptor} of the sandbox cannot be read`)
}

function writable(child: ChildProcess, descriptor: number): Writable {
  const stream = child.stdio[descriptor]
  if (stream instanceof Writable) return stream
  throw new Error(`descriptor ${descriptor} of the sandbox cannot be written`)
}
