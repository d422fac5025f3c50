import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { taskGit } from './task-git.ts'
import { FETCH, type TaskRepository } from './task-repository.ts'

/** Makes a folder with the commit checked out, and a repository of its own that knows nothing later. */
export async function makeWorkspace(
  { directory, commit }: TaskRepository,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const own = { directory: join(folder, '.git'), workTree: folder, signal }
  await mkdir(own.directory)
  const make = ['init', '--quiet', '--template=', '--initial-branch=main']
  await taskGit({ directory: own.directory, args: make, signal })
  // Without the path of its work tree, which may be another one in the sandbox.
  await taskGit({ directory: own.directory, args: ['config', 'core.bare', 'false'], signal })
  await taskGit({ ...own, args: [...FETCH, '--', directory, 'refs/heads/main'] })
  await taskGit({ ...own, args: ['reset', '--quiet', '--hard', commit] })
  await rm(join(own.directory, 'FETCH_HEAD'))
}

/**
 * What an agent changed in its workspace, committed or not, as a patch on the commit; empty = nothing. The agent's own git
 * directory is not asked: it may say anything. Repositories that it made within are folders like any others: their git
 * directories are removed, as are pipes and the like, since git would run what is set up there, or fail.
 */
export async function readPatch(
  { directory, commit }: TaskRepository,
  folder: string,
  signal?: AbortSignal,
): Promise<Buffer> {
  await removeUncommittable(folder, folder)
  const scratch = await mkdtemp(join(tmpdir(), 'foretoken-index-'))
  try {
    const call = { directory, workTree: folder, index: join(scratch, 'index'), signal }
    await taskGit({ ...call, args: ['read-tree', commit] })
    await taskGit({ ...call, args: ['add', '--all', folder] })
    const diff = [
      'diff',
      '--cached',
      '--binary',
      '--full-index',
      '--no-renames',
      '--no-ext-diff',
      '--no-textconv',
    ]
    return await taskGit({ ...call, args: [...diff, '--ignore-submodules=all', commit] })
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** Takes away what no commit can hold: pipes, sockets, devices, and git directories but that of the workspace. */
async function removeUncommittable(folder: string, root: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.name.toLowerCase() === '.git') {
      if (folder !== root) await rm(path, { recursive: true })
    } else if (entry.isDirectory()) await removeUncommittable(path, root)
    else if (!entry.isFile() && !entry.isSymbolicLink()) await rm(path)
  }
}

/** Puts a patch of `readPatch` onto a fresh workspace. @throws KnownError git-failed where it does not apply */
export async function applyPatch(folder: string, patch: Buffer, signal?: AbortSignal): Promise<void> {
  if (patch.length === 0) return
  const args = ['apply', '--whitespace=nowarn', '-']
  await taskGit({ directory: join(folder, '.git'), workTree: folder, args, input: patch, signal })
}
