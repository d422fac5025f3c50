import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import type { SandboxSpec } from '../sandbox.ts'
import { ARGS_FD, BLOCK_FD, FILTER_FD, type SandboxCommand, STATUS_FD } from './bubblewrap.ts'
import { type Cgroup, joinFiles, killAll } from './cgroup.ts'
import { endInTime } from './end-in-time.ts'
import { type Forwarder, startForwarder } from './forwarder.ts'
import { type KeptOutput, keepOutput } from './keep-output.ts'
import { parseStatus, type Status } from './status.ts'

export interface Launch {
  readonly spec: SandboxSpec
  readonly command: SandboxCommand
  /** Of system calls. */
  readonly filter: Buffer
  readonly group: Cgroup
  readonly uid: number
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
  readonly stdout: KeptOutput
  readonly stderr: KeptOutput
}

/** Joins the control groups whose files stand before `--`, then becomes what stands behind it. */
const JOIN = 'while [ "$1" != -- ]; do echo $$ >"$1" || exit 1; shift; done; shift; exec "$@"'

/** Where programs of the system are: the host's own path is nothing to be seen inside. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Starts the command and waits until nothing of it runs any more. */
export async function launch(launch: Launch, signal: AbortSignal): Promise<Ended> {
  const { spec, group, uid } = launch
  const child = start(launch)
  const exited = once(child, 'exit')
  exited.catch(() => {}) // awaited below, after the way to the gateway
  const { timeoutMs, graceMs } = spec
  const watch = endInTime({ group, watcher: child.pid ?? 0, timeoutMs, graceMs }, signal)
  const outputs = Promise.all([
    keepOutput(readable(child, 1), spec.stdout),
    keepOutput(readable(child, 2), spec.stderr),
  ])
  const told = gather(readable(child, STATUS_FD))
  const way = await openWay({ spec, uid, told, block: writable(child, BLOCK_FD) }, signal)
  try {
    if (way.trouble !== null) await killAll(group)
    const [code]: (number | null)[] = await Promise.race([exited, watch.failed])
    await killAll(group)
    const [stdout, stderr] = await Promise.race([outputs, watch.failed])
    return {
      ...{ status: parseStatus(await told.whole), code: code ?? null, trouble: way.trouble, stdout, stderr },
      ...{ timedOut: watch.timedOut(), stopped: watch.stopped() },
    }
  } finally {
    watch.end()
    await way.forwarder?.stop()
  }
}

function start({ command, filter, group }: Launch): ChildProcess {
  const child = spawn('/bin/sh', ['-c', JOIN, 'sh', ...joinFiles(group), '--', ...command.line], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal is for the runner, which decides what it means for its sandboxes.
    detached: true,
    cwd: '/',
    env: { PATH: SYSTEM_PATH },
  })
  const told = { [ARGS_FD]: command.args.map((arg) => `${arg}\0`).join(''), [FILTER_FD]: filter }
  for (const [descriptor, bytes] of Object.entries(told)) {
    const stream = writable(child, Number(descriptor))
    stream.on('error', () => {}) // it ended before it had read them; its status tells
    stream.end(bytes)
  }
  return child
}

interface Way {
  readonly forwarder: Forwarder | null
  readonly trouble: string | null
}

/** The command begins only when the gateway answers. */
async function openWay(
  { spec, uid, told, block }: { spec: SandboxSpec; uid: number; told: Told; block: Writable },
  signal: AbortSignal,
): Promise<Way> {
  block.on('error', () => {}) // it ended before it was let go; its status tells
  if (spec.gateway === null) return { forwarder: null, trouble: null }
  const { childPid } = parseStatus(await told.first)
  if (childPid === null) return { forwarder: null, trouble: null }
  try {
    const forwarder = await startForwarder({ pid: childPid, socket: spec.gateway.socket, uid }, signal)
    block.write('.')
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
