import { execFile } from 'node:child_process'
import { chownSync, lchownSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { SandboxSpec } from '../sandbox.ts'
import type { Slot } from './slot.ts'

const execute = promisify(execFile)

/** Whose the workspace is now, and will be again. */
export function ownerOfWorkspace({ workspace }: SandboxSpec): { uid: number; gid: number } {
  const { uid, gid } = statSync(workspace)
  return { uid, gid }
}

/** Gives the run its workspace and its socket at the gateway. */
export async function handOver(spec: SandboxSpec, uid: number): Promise<void> {
  await own(spec.workspace, { uid, gid: uid })
  if (spec.gateway !== null) chownSync(spec.gateway.socket, uid, uid)
}

/** Takes the workspace back: the next run with this number must not own files of this one. A folder that is gone is nobody's. */
export async function takeBack({ record: { workspace, uid, gid } }: Slot): Promise<void> {
  if (statSync(workspace, { throwIfNoEntry: false }) !== undefined) await own(workspace, { uid, gid })
}

/** Up to here it is quicker to do it than to start a program for it. */
const FEW = 500

/** Nothing runs there meanwhile. Links are not followed; the kernel takes set-uid bits away with the owner. */
async function own(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  const paths = atMost(FEW, folder)
  if (paths === null)
    await execute('chown', ['--recursive', '--no-dereference', `${uid}:${gid}`, '--', folder])
  else for (const path of paths) lchownSync(path, uid, gid)
}

/** The folder and all that is in it; null = it is more than that. */
function atMost(most: number, folder: string): readonly string[] | null {
  const paths = [folder]
  for (const folders = [folder]; folders.length > 0; ) {
    const at = folders.pop() ?? folder
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name)
      if (paths.push(path) > most) return null
      if (entry.isDirectory()) folders.push(path)
    }
  }
  return paths
}

/** Whether every user can pass through the folders above it. */
export function isReachable(workspace: string): boolean {
  const path = realpathSync(workspace)
  for (let above = dirname(path); ; above = dirname(above)) {
    if ((statSync(above).mode & OTHERS_PASS) === 0) return false
    if (above === dirname(above)) return true
  }
}

const OTHERS_PASS = 0o001
