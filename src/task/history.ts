import { runGit } from './git.ts'
import type { Repository } from './repository.ts'

/** One commit before (or at) the one asked about; merges are left out. */
export interface Commit {
  /** Seconds since the epoch. */
  readonly at: number
  readonly subject: string
  readonly paths: readonly string[]
}

/** How many commits are looked at: in the corpus' repositories about a year of work. */
export const HISTORY_COMMITS = 1000

/** Commits that touch more files than this are imports and reformattings; they say nothing about a file. */
const MAX_PATHS = 100

/**
 * The latest commits, newest first. Null where the history is cut off (a shallow clone) or its trees are not there
 * (a partial clone): what a file's past was is then unknown, not empty.
 */
export async function readHistory(
  repository: Repository,
  signal?: AbortSignal,
): Promise<readonly Commit[] | null> {
  if (repository.shallow) return null
  const args = [
    'log',
    `--max-count=${HISTORY_COMMITS}`,
    '--no-merges',
    '--no-renames',
    '--no-show-signature',
    '--name-only',
    '-z',
    '--format=%x01%ct %s%x00',
    repository.commit,
    '--',
  ]
  try {
    return parseLog((await runGit({ directory: repository.gitDirectory, args, signal })).toString('utf8'))
  } catch (error) {
    if (signal?.aborted) throw error
    return null
  }
}

function parseLog(log: string): readonly Commit[] {
  const commits: Commit[] = []
  for (const record of log.split('\u0001').slice(1)) {
    const [head = '', ...rest] = record.split('\0')
    const space = head.indexOf(' ')
    const paths = rest.map((path) => path.replace(/^\n/, '')).filter((path) => path !== '')
    if (paths.length > MAX_PATHS) continue
    commits.push({ at: Number(head.slice(0, space)), subject: head.slice(space + 1), paths })
  }
  return commits
}
