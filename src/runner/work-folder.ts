import { mkdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { KnownError } from '../errors.ts'

/** Where the workspaces of a plan lie while it is run: the same after a kill, to be cleared then. */
const workFolderOf = (plan: string): string => join(tmpdir(), `foretoken-${plan}`)

const OTHERS_ENTER = 0o1

/**
 * Makes it anew. @throws KnownError bad-setting where users of sandboxes could not get there
 */
export async function makeWorkFolder(plan: string): Promise<string> {
  const folder = workFolderOf(plan)
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above))
    if (((await stat(above)).mode & OTHERS_ENTER) === 0)
      throw new KnownError(
        'bad-setting',
        `TMPDIR: ${above} is closed to other users, as whom sandboxes run`,
        {
          fix: 'set TMPDIR to a folder that they can pass through, such as /tmp',
        },
      )
  await clearWorkFolder(plan)
  await mkdir(folder, { mode: 0o711 })
  return folder
}

export const clearWorkFolder = (plan: string): Promise<void> =>
  rm(workFolderOf(plan), { recursive: true, force: true })
