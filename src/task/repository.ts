import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import { type CommitFacts, readCommit } from './commit.ts'
import { runGit } from './git.ts'

/** A git repository at one commit: a work tree or bare repository, read through plumbing, never checked out. */
export interface Repository extends CommitFacts {
  /** Absolute path of the git directory. */
  readonly gitDirectory: string
  /** Whether part of the history is cut off. */
  readonly shallow: boolean
}

/**
 * Opens `path`, a repository or a folder in its work tree, at `commit` (default: HEAD).
 * @throws KnownError repository-not-found, not-a-repository, repository-empty, commit-not-found, git-missing
 */
export async function openRepository(
  path: string,
  commit?: string,
  signal?: AbortSignal,
): Promise<Repository> {
  const directory = await existingFolder(path)
  const [place, facts] = await Promise.all([
    readPlace(directory, signal),
    readCommit(directory, commit ?? 'HEAD', signal),
  ]).catch(named(path))
  if (facts !== null) return { ...place, ...facts }
  if (commit === undefined) throw new KnownError('repository-empty', path)
  throw new KnownError('commit-not-found', `${JSON.stringify(commit)} in ${path}`)
}

/** The real path of an existing folder; a symlink loop counts as not existing. */
async function existingFolder(path: string): Promise<string> {
  if (path.includes('\0')) throw new KnownError('repository-not-found', JSON.stringify(path))
  const found = await realpath(resolve(path)).catch(() => undefined)
  if (found === undefined) throw new KnownError('repository-not-found', path)
  if (!(await stat(found)).isDirectory()) throw new KnownError('not-a-repository', `${path} is a file`)
  return found
}

async function readPlace(directory: string, signal: AbortSignal | undefined) {
  const args = ['rev-parse', '--is-shallow-repository', '--absolute-git-dir']
  const answer = (await runGit({ directory, args, signal })).toString('utf8')
  const lineEnd = answer.indexOf('\n')
  return { shallow: answer.slice(0, lineEnd) === 'true', gitDirectory: answer.slice(lineEnd + 1, -1) }
}

/** A failure names the path as it was given, not as it was resolved. */
function named(path: string) {
  return (error: unknown): never => {
    if (error instanceof KnownError && error.code === 'not-a-repository') {
      throw new KnownError('not-a-repository', path)
    }
    throw error
  }
}
