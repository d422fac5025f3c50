import { execFile } from 'node:child_process'
import { chown, lchown, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SandboxSpec } from '../sandbox.ts'
import type { Slot } from './slot.ts'

const execute = promisify(execFile)

/** Whose the workspace is now, and will be again. */
export async function ownerOfWorkspace({ workspace }: SandboxSpec): Promise<{ uid: number; gid: number }> {
  const { uid, gid } = await stat(workspace)
  return { uid, gid }
}

/** Gives the run its workspace and its socket at the gateway. */
export async function handOver(spec: SandboxSpec, uid: number): Promise<void> {
  await own(spec.workspace, { uid, gid: uid })
  if (spec.gateway !== null) await chown(spec.gateway.socket, uid, uid)
}

/** Takes the workspace back: the next run with this number must not own files of this one. A folder that is gone is nobody's. */
export async function takeBack({ record: { workspace, uid, gid } }: Slot): Promise<void> {
  const there = await stat(workspace).catch(() => null)
  if (there !== null) await own(workspace, { uid, gid })
}

/** Up to here it is quicker to do it than to start a program for it. */
const FEW = 500

/** Nothing runs there meanwhile. Links are not followed; the kernel takes set-uid bits away with the owner. */
async function own(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  const paths = await atMost(FEW, folder)
  if (paths === null)
    await execute('chown', ['--recursive', '--no-dereference', `${uid}:${gid}`, '--', folder])
  else await Promise.all(paths.map((path) => lchown(path, uid, gid)))
}

/** The folder and all that is in it; null = it is more than that. */
async function atMost(most: number, folder: string): Promise<readonly string[] | null> {
  const paths = [folder]
  for (const folders = [folder]; folders.length > 0; ) {
    const at = folders.pop() ?? folder
    for (const entry of await readdir(at, { withFileTypes: true })) {
      const path = join(at, entry.name)
      if (paths.push(path) > most) return null
      if (entry.isDirectory()) folders.push(path)
    }
  }
  return paths
}
