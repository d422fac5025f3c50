import { execFile } from 'node:child_process'
import { closeSync, constants, fchownSync, openSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { isAlive, type Owner, thisOwner } from './owner.ts'

const execute = promisify(execFile)

/** A pipe from a command: its end inside is given to the command and closed here, so that the end of all of it is seen. */
export interface OutputPipe {
  readonly inside: number
  readonly outside: Readable
}

/** Pipes that nobody has used, each held open by a descriptor: one program makes many in the time of one. */
const stock: number[] = []
const BATCH = 16
let making: Promise<void> | null = null

/**
 * Pipes that the run's user owns. What Node makes by itself are sockets, which cannot be opened by the name /dev/stdout, as
 * scripts do.
 */
export async function outputPipes(uid: number): Promise<{
  readonly stdout: OutputPipe
  readonly stderr: OutputPipe
}> {
  return { stdout: openPipe(await unused(), uid), stderr: openPipe(await unused(), uid) }
}

async function unused(): Promise<number> {
  while (stock.length === 0) {
    making ??= makeStock().finally(() => {
      making = null
    })
    await making
  }
  return stock.pop() as number
}

/** They have names only until they are open. */
async function makeStock(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), folderName(await thisOwner())))
  try {
    const names = Array.from({ length: BATCH }, (_, i) => join(folder, String(i)))
    await execute('mkfifo', ['--mode=600', ...names])
    stock.push(...names.map((name) => openSync(name, constants.O_RDWR | constants.O_NONBLOCK)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Tells whose it is: who is killed meanwhile leaves it. */
const folderName = ({ pidNamespace, pid, startTicks }: Owner): string =>
  `foretoken-pipes-${pidNamespace.replace(/\D/g, '')}-${pid}-${startTicks}-`

/** Removes the folders of processes that are dead. */
export async function sweepPipes(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, namespace, pid, startTicks] = /^foretoken-pipes-(\d+)-(\d+)-(\d+)-/.exec(name) ?? []
    const owner = { pid: Number(pid), startTicks: Number(startTicks), pidNamespace: `pid:[${namespace}]` }
    if (namespace === undefined || (await isAlive(owner))) continue
    await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function openPipe(descriptor: number, uid: number): OutputPipe {
  try {
    fchownSync(descriptor, uid, uid)
    const name = `/proc/self/fd/${descriptor}`
    const inside = openSync(name, constants.O_WRONLY)
    const fd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK)
    return { inside, outside: new Socket({ fd, writable: false }) }
  } finally {
    closeSync(descriptor)
  }
}

export function closeInside(pipes: readonly OutputPipe[]): void {
  for (const { inside } of pipes) closeSync(inside)
}
