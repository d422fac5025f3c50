import { KnownError } from '../../errors.ts'
import { openRepository } from '../../task/repository.ts'
import { checkCommitName } from './commit-name.ts'
import type { ServedRepository } from './served-repository.ts'

/** One that stands in the settings of the service. */
export interface RegisteredRepository {
  readonly name: string
  /** Absolute. */
  readonly path: string
}

/**
 * Opens a registered repository. No failure tells where it is on the server.
 * @throws KnownError `commit-not-found`, `repository-failed`, `git-missing`
 */
export async function openRegistered(
  { name, path }: RegisteredRepository,
  commit: string | null,
  signal: AbortSignal,
): Promise<ServedRepository> {
  if (commit !== null) checkCommitName(commit)
  const found = await openRepository(path, commit ?? undefined, signal).catch((error: unknown) => {
    throw error instanceof KnownError ? withoutPath(error, name, commit) : error
  })
  return { path: found.gitDirectory, name, commit: found.commit, release: () => {} }
}

function withoutPath(error: KnownError, name: string, commit: string | null): KnownError {
  if (error.code === 'git-missing') return error
  if (error.code === 'commit-not-found')
    return new KnownError('commit-not-found', `${JSON.stringify(commit)} in ${name}`, { cause: error })
  return new KnownError('repository-failed', `${name}, which is registered, cannot be read: ${error.code}`, {
    fix: 'tell whoever runs the service: its settings or that repository are to be corrected',
    cause: error,
  })
}
