import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { chown } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { Slot } from './slot.ts'

const execute = promisify(execFile)

/** A pipe from a command: its end inside is given to the command and closed here, so that the end of all of it is seen. */
export interface OutputPipe {
  readonly inside: number
  readonly outside: Readable
}

/**
 * Pipes that the run's user owns. What Node makes by itself are sockets, which cannot be opened by the name /dev/stdout, as
 * scripts do.
 */
export async function outputPipes({ folder, uid }: Pick<Slot, 'folder' | 'uid'>): Promise<{
  readonly stdout: OutputPipe
  readonly stderr: OutputPipe
}> {
  const paths = [join(folder, 'stdout'), join(folder, 'stderr')] as const
  await execute('mkfifo', ['--mode=600', ...paths])
  await Promise.all(paths.map((path) => chown(path, uid, uid)))
  return { stdout: openPipe(paths[0]), stderr: openPipe(paths[1]) }
}

/** The outer end first: the other would wait for it. */
function openPipe(path: string): OutputPipe {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return { inside: openSync(path, constants.O_WRONLY), outside: new Socket({ fd, writable: false }) }
}

export function closeInside(pipes: readonly OutputPipe[]): void {
  for (const { inside } of pipes) closeSync(inside)
}
