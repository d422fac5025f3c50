import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { KnownError } from '../errors.ts'
import { isAlive, type Owner, thisOwner } from '../sandbox/local/owner.ts'

/** The name of a work folder tells whose it is, so that there is no moment at which a kill leaves one that is nobody's. */
const NAME = /^foretoken-[0-9a-z]+\.(\d+)\.(\d+)\.(\d+)$/

const OTHERS_ENTER = 0o1

/**
 * Makes the folder in which the workspaces of a plan lie while it is run, after those of runners that are dead are taken away.
 * @throws KnownError bad-setting where users of sandboxes could not get there
 */
export async function makeWorkFolder(plan: string): Promise<string> {
  const above = tmpdir()
  await checkOpen(above)
  await sweepWorkFolders(above)
  const { pid, startTicks, pidNamespace } = await thisOwner()
  // Short, since the path of a socket has room for 107 bytes.
  const name = [plan.replace(/^.*-/, ''), pid, startTicks, pidNamespace.replace(/\D/g, '')].join('.')
  const folder = join(above, `foretoken-${name}`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { mode: 0o711 })
  return folder
}

async function checkOpen(folder: string): Promise<void> {
  for (let at = folder; at !== dirname(at); at = dirname(at))
    if (((await stat(at)).mode & OTHERS_ENTER) === 0)
      throw new KnownError('bad-setting', `TMPDIR: ${at} is closed to other users, as whom sandboxes run`, {
        fix: 'set TMPDIR to a folder that they can pass through, such as /tmp',
      })
}

/** Takes away the work folders of runners that are dead; those of others that live, or cannot be seen from here, are left. */
export async function sweepWorkFolders(above: string): Promise<void> {
  for (const name of await readdir(above)) {
    const owner = ownerIn(name)
    if (owner === null || (await isAlive(owner))) continue
    const folder = join(above, name)
    const found = await lstat(folder).catch(() => null)
    if (found?.isDirectory() && found.uid === process.getuid?.())
      await rm(folder, { recursive: true, force: true })
  }
}

function ownerIn(name: string): Owner | null {
  const [, pid, startTicks, namespace] = NAME.exec(name) ?? []
  if (pid === undefined) return null
  return { pid: Number(pid), startTicks: Number(startTicks), pidNamespace: `pid:[${namespace}]` }
}
