import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import { runGit } from './git.ts'

/** A git repository at one commit: a work tree or bare repository, read through plumbing, never checked out. */
export interface Repository {
  /** Absolute path of the git directory. */
  readonly gitDirectory: string
  /** Full object id of the commit. */
  readonly commit: string
  /** Tree object id; the same for commits with the same content. */
  readonly tree: string
  /** Seconds since the epoch. */
  readonly committedAt: number
  /** Whether part of the history is cut off. */
  readonly shallow: boolean
}

const COMMIT = /^[\w./@{}^~+-]{1,256}$/

/**
 * Opens `path` at `commit` (default: HEAD).
 * @throws KnownError repository-not-found, not-a-repository, repository-empty, commit-not-found, git-missing
 */
export async function openRepository(
  path: string,
  commit?: string,
  signal?: AbortSignal,
): Promise<Repository> {
  const directory = await existingFolder(path)
  const gitDirectory = (
    await runGit({ directory, args: ['rev-parse', '--absolute-git-dir'], signal }).catch(
      asNotARepository(path),
    )
  )
    .toString('utf8')
    .trim()
  const facts = await commitFacts(gitDirectory, path, commit, signal)
  return { gitDirectory, ...facts }
}

/** The real path of an existing folder; a symlink loop counts as not existing. */
async function existingFolder(path: string): Promise<string> {
  if (path.includes('\0')) throw new KnownError('repository-not-found', JSON.stringify(path))
  const found = await realpath(resolve(path)).catch(() => undefined)
  if (found === undefined) throw new KnownError('repository-not-found', path)
  if (!(await stat(found)).isDirectory()) throw new KnownError('not-a-repository', `${path} is a file`)
  return found
}

function asNotARepository(path: string) {
  return (error: unknown): never => {
    if (error instanceof KnownError && error.code === 'not-a-repository') {
      throw new KnownError('not-a-repository', path)
    }
    throw error
  }
}

async function commitFacts(
  directory: string,
  path: string,
  commit: string | undefined,
  signal?: AbortSignal,
) {
  const name = commit ?? 'HEAD'
  if (!COMMIT.test(name) || name.startsWith('-'))
    throw new KnownError('commit-not-found', `${name} in ${path}`)
  const format = '--format=%H %T %ct'
  const args = ['log', '-1', '--no-show-signature', format, '--end-of-options', `${name}^{commit}`, '--']
  const [line, shallow] = await Promise.all([
    runGit({ directory, args, signal }).catch(() => undefined),
    runGit({ directory, args: ['rev-parse', '--is-shallow-repository'], signal }),
  ])
  const [id, tree, committedAt] = (line?.toString('utf8').trim() ?? '').split(' ')
  if (!id || !tree) {
    if (commit === undefined) throw new KnownError('repository-empty', path)
    throw new KnownError('commit-not-found', `${commit} in ${path}`)
  }
  return {
    commit: id,
    tree,
    committedAt: Number(committedAt),
    shallow: shallow.toString('utf8').trim() === 'true',
  }
}
