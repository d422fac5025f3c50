import { KnownError } from '../errors.ts'
import type { CommitCache } from './commit-cache.ts'
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
 * The latest commits, newest first; only commits that `cache` has not seen are compared with their parents. Null where
 * the history is cut off (a shallow clone) or its trees are not there (a partial clone): what a file's past was is then
 * unknown, not empty.
 */
export async function readHistory(
  repository: Repository,
  cache: CommitCache,
  signal?: AbortSignal,
): Promise<readonly Commit[] | null> {
  if (repository.shallow) return null
  try {
    const listed = await listCommits(repository, signal)
    const ids = listed.map(({ id }) => id)
    const paths = await readPaths(repository, ids, cache, signal)
    return listed.flatMap(({ id, at, subject }) => {
      const touched = paths.get(id) ?? []
      return touched.length > MAX_PATHS ? [] : [{ at, subject, paths: touched }]
    })
  } catch (error) {
    if (error instanceof KnownError && error.code === 'git-failed') return null
    throw error
  }
}

/** Id, time and subject of each commit; a subject is one line by definition. */
async function listCommits(repository: Repository, signal: AbortSignal | undefined) {
  const args = [
    'rev-list',
    `--max-count=${HISTORY_COMMITS}`,
    '--no-merges',
    '--encoding=UTF-8',
    '--format=%ct %s',
    repository.commit,
  ]
  const answer = await runGit({ directory: repository.gitDirectory, args, signal })
  const lines = answer.toString('utf8').split('\n')
  return Array.from({ length: lines.length >> 1 }, (_, index) => {
    const head = lines[2 * index] ?? ''
    const text = lines[2 * index + 1] ?? ''
    const space = text.indexOf(' ')
    return {
      id: head.slice('commit '.length),
      at: Number(text.slice(0, space)),
      subject: text.slice(space + 1),
    }
  })
}

/** The paths each commit touched, from the cache or from git; at most one more than {@link MAX_PATHS}. */
async function readPaths(
  repository: Repository,
  ids: readonly string[],
  cache: CommitCache,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const known = cache.getAll(ids)
  const fresh = await comparePaths(
    repository,
    ids.filter((id) => !known.has(id)),
    signal,
  )
  cache.putAll(fresh)
  return new Map([...known, ...fresh])
}

async function comparePaths(
  repository: Repository,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const paths = new Map<string, string[]>(ids.map((id) => [id, []]))
  if (ids.length === 0) return paths
  const args = ['diff-tree', '--stdin', '--root', '-r', '-z', '--no-renames', '--ignore-submodules=none']
  const answer = await runGit({
    directory: repository.gitDirectory,
    args: [...args, '--name-status'],
    input: `${ids.join('\n')}\n`,
    signal,
  })
  collectPaths(answer.toString('utf8').split('\0'), paths)
  return paths
}

/** Reads `<id> (<status> <path>)*` for each commit that changed something: a status is one letter, an id never. */
function collectPaths(fields: readonly string[], paths: ReadonlyMap<string, string[]>): void {
  let touched: string[] | undefined
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] as string
    if (field.length !== 1) {
      touched = paths.get(field)
      continue
    }
    const path = fields[++at]
    if (touched && path !== undefined && touched.length <= MAX_PATHS) touched.push(path)
  }
}
