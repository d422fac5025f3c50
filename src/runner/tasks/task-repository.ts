import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../../errors.ts'
import { openRepository } from '../../task/repository.ts'
import type { Task, TaskSource } from './task.ts'
import { taskGit, taskGitText } from './task-git.ts'

/** The commit of a task in a repository that no agent ever gets to see: workspaces are made of it, and held against it. */
export interface TaskRepository {
  /** A bare repository. */
  readonly directory: string
  readonly commit: string
}

/**
 * Makes the repository of a task in a new folder: the commit and what came before it. Of what lies in an image one commit is
 * made, as of plain files: what else its history holds is nothing for an agent to see.
 * @throws KnownError git-failed, commit-not-found; what `copyFromImage` throws
 */
export async function makeTaskRepository(
  { name, source }: Pick<Task, 'name' | 'source'>,
  directory: string,
  { copyFromImage, signal }: MakingOptions = {},
): Promise<TaskRepository> {
  await mkdir(directory, { recursive: true })
  const git = (...args: readonly string[]) => taskGitText({ directory, args, signal })
  await git('init', '--quiet', '--bare', '--template=', '--initial-branch=main')
  const commit = await commitOf(name, source, { directory, signal, copyFromImage })
  await git('update-ref', 'refs/heads/main', commit)
  return { directory, commit }
}

export interface MakingOptions {
  /** Puts what is in the folder of the task's image into another one. */
  readonly copyFromImage?: ((into: string) => Promise<void>) | undefined
  readonly signal?: AbortSignal | undefined
}

interface Making {
  readonly directory: string
  readonly signal: AbortSignal | undefined
  readonly copyFromImage: MakingOptions['copyFromImage']
}

async function commitOf(name: string, source: TaskSource, making: Making): Promise<string> {
  switch (source.kind) {
    case 'files':
      return commitFiles(source.folder, making)
    case 'git':
    case 'bundle': {
      const commit = await fetchCommit(source, making)
      return source.patch === null ? commit : commitPatch(commit, source.patch, making)
    }
    case 'image':
      return commitImage(name, making)
  }
  return source satisfies never
}

async function commitImage(name: string, making: Making): Promise<string> {
  if (making.copyFromImage === undefined)
    throw new KnownError('task-malformed', `the repository of ${name} is in its image`, {
      fix: 'run it on a back end with images',
    })
  const folder = join(making.directory, 'from-image')
  await making.copyFromImage(folder)
  await rm(join(folder, '.git'), { recursive: true, force: true })
  const commit = await commitFiles(folder, making)
  await rm(folder, { recursive: true })
  return commit
}

async function commitFiles(folder: string, making: Making): Promise<string> {
  const index = join(making.directory, 'index-of-files')
  const git = (...args: readonly string[]) => taskGitText({ ...making, workTree: folder, index, args })
  await taskGit({ ...making, workTree: folder, index, args: ['add', '--all', '--force', folder] })
  const tree = await git('write-tree')
  await rm(index)
  return git('commit-tree', tree, '-m', 'The code as it is')
}

async function fetchCommit(
  source: Extract<TaskSource, { kind: 'git' | 'bundle' }>,
  making: Making,
): Promise<string> {
  const { commit } = source
  const git = (...args: readonly string[]) => taskGitText({ ...making, args })
  const fetch = (from: string, what: string) =>
    taskGit({ ...making, asUser: true, args: [...FETCH, '--', from, what] })
  if (commit.startsWith('-')) throw new KnownError('commit-not-found', commit)
  if (source.kind === 'git') {
    const { from, what } = await asFetched(source.from, commit, making.signal)
    await fetch(from, what)
    return git('rev-parse', '--verify', 'FETCH_HEAD^{commit}')
  }
  await fetch(source.file, '+refs/*:refs/bundle/*')
  const names = [commit, `refs/bundle/heads/${commit}`, `refs/bundle/tags/${commit}`]
  for (const name of names) {
    const found = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`).catch(
      () => null,
    )
    if (found !== null) return found
  }
  throw new KnownError('commit-not-found', `${JSON.stringify(commit)} in ${source.file}`)
}

/** Part of the history may be cut off where it comes from. */
export const FETCH = ['fetch', '--quiet', '--no-tags', '--update-shallow'] as const

/** Of a repository on this machine any name of a commit will do; others give commits by ref or full id. */
async function asFetched(from: string, commit: string, signal: AbortSignal | undefined) {
  if (!existsSync(from)) return { from, what: commit }
  const { commit: id, gitDirectory } = await openRepository(from, commit, signal)
  return { from: gitDirectory, what: id }
}

async function commitPatch(commit: string, patch: string, making: Making): Promise<string> {
  const tree = await treeWith(making, commit, await readFile(patch))
  return taskGitText({ ...making, args: ['commit-tree', tree, '-p', commit, '-m', 'Changes of the task'] })
}

/** The tree of a commit with a patch on top. @throws KnownError git-failed where it does not apply */
export async function treeWith(
  { directory, signal }: { readonly directory: string; readonly signal?: AbortSignal | undefined },
  commit: string,
  patch: Buffer,
): Promise<string> {
  const index = join(directory, 'index-of-patch')
  const git = (args: readonly string[], input: Buffer | string = '') =>
    taskGitText({ directory, signal, index, args, input })
  await git(['read-tree', commit])
  await git(['apply', '--cached', '--whitespace=nowarn', '-'], patch)
  const tree = await git(['write-tree'])
  await rm(index)
  return tree
}
