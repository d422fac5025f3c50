import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { GATEWAY_PORT } from '../sandbox.ts'
import { InfraError } from './infra-error.ts'

export interface Forwarder {
  /** False = it had already ended by itself. */
  readonly stop: () => Promise<boolean>
}

const PROGRAM = new URL(`./forward.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/**
 * Makes the gateway's socket answer at a port in the network of a process. One Node per run costs memory of the host, but
 * none of the run's; nothing else that forwards is certain to be installed. @throws what it said where it does not start
 */
export async function startForwarder(
  at: { readonly pid: number; readonly socket: string; readonly uid: number },
  signal: AbortSignal,
): Promise<Forwarder> {
  const child = spawn('nsenter', [
    `--net=/proc/${at.pid}/ns/net`,
    ...['--', process.execPath, fileURLToPath(PROGRAM), at.socket, String(GATEWAY_PORT), String(at.uid)],
  ])
  child.stdin.on('error', () => {}) // it has ended by itself; the close tells
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return false
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
    return true
  }
  try {
    await listening(child, signal)
    return { stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function listening(child: ChildProcess, signal: AbortSignal): Promise<void> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000)
  })
  const settled = new AbortController()
  const ready = new Promise<void>((resolve, reject) => {
    const failed = (why: string) => reject(new InfraError(`no way to the gateway: ${why}`))
    signal.addEventListener('abort', () => failed('stopped'), { signal: settled.signal })
    if (signal.aborted) failed('stopped')
    child.on('error', ({ message }) => failed(message))
    child.on('close', () => failed(said.trim() || 'the forwarder ended'))
    child.stdout?.once('data', () => resolve())
  })
  return ready.finally(() => settled.abort())
}
