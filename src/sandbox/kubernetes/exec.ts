import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { InfraError } from '../local/infra-error.ts'
import type { Cluster } from './cluster.ts'

/** A command to run in a container of a pod that runs. */
export interface Exec {
  readonly pod: string
  readonly container: string
  readonly command: readonly string[]
  readonly stdin: Readable | null
  /** Ended when the command has. */
  readonly stdout: Writable
}

/** What the client's sockets are; it does not bring the types of the package it takes them from. */
interface Socket {
  readonly send: (data: Buffer, sent: (error?: Error) => void) => void
  readonly close: () => void
  readonly pause: () => void
  readonly resume: () => void
  readonly on: (event: 'close' | 'error', listener: (what: unknown) => void) => void
}

/** How it ended, and the first of what it had to say. */
export interface Executed {
  readonly code: number
  readonly stderr: string
}

/** Of `v4.channel.k8s.io`: the first byte of every message says what it is. */
const [STDIN, STDOUT, STDERR, STATUS] = [0, 1, 2, 3]

const SILENCE_MS = 300_000

/**
 * Runs a command in a container, to its end. No more is read or sent than the other side takes. In this
 * protocol the input cannot be closed: the command has to know where it ends.
 * @throws InfraError where the command cannot be started, or the connection is lost
 */
export async function execIn(cluster: Cluster, exec: Exec, signal: AbortSignal): Promise<Executed> {
  const { pod, container, stdin, stdout } = exec
  const ended = Promise.withResolvers<Executed>()
  ended.promise.catch(() => {}) // may be settled before anyone waits
  const failed = (why: string) => ended.reject(new InfraError(`${container} of ${pod}: ${why}`))
  // A connection can die without a word.
  const silence = setTimeout(() => failed('nothing was heard of it for minutes'), SILENCE_MS)
  let said = ''
  let socket: Socket | null = null
  const take = (channel: number, bytes: Buffer): boolean => {
    silence.refresh()
    if (channel === STDOUT && !stdout.write(bytes)) {
      socket?.pause()
      stdout.once('drain', () => socket?.resume())
    }
    if (channel === STDERR) said = (said + bytes.toString('utf8')).slice(0, 2000)
    if (channel !== STATUS) return true
    const code = codeOf(JSON.parse(bytes.toString('utf8')))
    if (typeof code === 'number') ended.resolve({ code, stderr: said.trim() })
    else failed(code.message)
    return false
  }
  stdout.on('error', ({ message }) => failed(message))
  const stop = () => failed('the run was stopped')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const connecting = connect(cluster, exec, take)
  try {
    socket = await Promise.race([connecting, ended.promise.then(() => null)])
    socket?.on('close', () => failed(said.trim() || 'the connection was lost'))
    socket?.on('error', (error) => failed(error instanceof Error ? error.message : String(error)))
    if (stdin !== null && socket !== null)
      send(socket, stdin, () => silence.refresh()).catch(({ message }: Error) => failed(message))
    return await ended.promise
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', stop)
    connecting.then(
      (late) => late.close(),
      () => {}, // told above
    )
    stdin?.destroy()
    if (!stdout.errored) await finished(stdout.end())
  }
}

async function connect(
  { config, namespace }: Cluster,
  { pod, container, command, stdin }: Exec,
  take: (channel: number, bytes: Buffer) => boolean,
): Promise<Socket> {
  const { Exec: Client } = await import('@kubernetes/client-node')
  const query = new URLSearchParams({
    ...{ container, stdin: String(stdin !== null), stdout: 'true', stderr: 'true' },
  })
  for (const word of command) query.append('command', word)
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`
  try {
    return await new Client(config).handler.connect(path, null, take)
  } catch (error) {
    throw new InfraError(`${container} of ${pod}: ${messageOf(error)}`)
  }
}

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)

async function send(socket: Socket, stdin: Readable, sent: () => void): Promise<void> {
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.send(Buffer.concat([Buffer.from([STDIN]), chunk]), (error) => (error ? reject(error) : resolve()))
    await promise
    sent()
  }
}

/** As a `Status` of the API: success, or the code among its causes, or why there is none. */
function codeOf(status: unknown): number | InfraError {
  const { status: how, message, details } = status as ExecStatus
  if (how === 'Success') return 0
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message
  return code === undefined ? new InfraError(message ?? 'the command could not be started') : Number(code)
}

interface ExecStatus {
  readonly status?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] }
}
