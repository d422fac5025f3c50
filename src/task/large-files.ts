import { KnownError } from '../errors.ts'
import { runGit } from './git.ts'
import type { Repository } from './repository.ts'

/** Larger files are data or generated; they count as files without content. */
export const MAX_SOURCE_BYTES = 1 << 20

/** A filter of git-fetch(1) that leaves out just those. */
export const WITHOUT_LARGE_FILES = `blob:limit=${MAX_SOURCE_BYTES + 1}`

/** Whether the repository was fetched with that filter and no other: what it lacks is then known to be large. */
export async function lacksOnlyLargeFiles(
  { gitDirectory }: Repository,
  signal?: AbortSignal,
): Promise<boolean> {
  const args = ['config', '--get-regexp', '^remote\\..*\\.partialclonefilter$']
  try {
    const answer = await runGit({ directory: gitDirectory, args, signal })
    const filters = answer.toString('utf8').trimEnd().split('\n')
    return filters.every((line) => line.endsWith(` ${WITHOUT_LARGE_FILES}`))
  } catch (error) {
    // It has no filter at all.
    if (error instanceof KnownError && error.code === 'git-failed') return false
    throw error
  }
}
