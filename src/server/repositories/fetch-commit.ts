import { KnownError } from '../../errors.ts'
import { WITHOUT_LARGE_FILES } from '../../task/large-files.ts'
import { fetchFailure, noSuchCommit } from './fetch-failure.ts'
import { type CheckedPlace, runFetchGit } from './fetch-git.ts'

/**
 * Makes a bare repository in the empty folder, of one commit and its files, without its past.
 * @throws KnownError `repository-failed`, `repository-refused`, `commit-not-found`
 */
export async function fetchCommit(
  place: CheckedPlace,
  commit: string,
  { directory, signal }: { readonly directory: string; readonly signal: AbortSignal },
): Promise<void> {
  const { href } = place.url
  const format = commit.length === 64 ? 'sha256' : 'sha1'
  const here = (...args: readonly string[]) => runFetchGit({ directory, args, place: null, signal })
  const init = ['--quiet', '--bare', '--template=', '--initial-branch=main', `--object-format=${format}`]
  const made = await here('init', ...init)
  if (made.code !== 0) throw new KnownError('git-failed', `git init: ${made.complaint.trim()}`)
  const { code, complaint } = await runFetchGit({
    directory,
    args: ['-c', `remote.origin.url=${href}`, ...FETCH, 'origin', commit],
    place,
    signal,
  })
  if (code !== 0) throw fetchFailure(href, commit, complaint)
  const { printed } = await here('cat-file', '-t', commit)
  if (printed !== 'commit\n') throw noSuchCommit(href, commit)
  const kept = await here('update-ref', '--no-deref', 'HEAD', commit)
  if (kept.code !== 0) throw new KnownError('git-failed', `git update-ref: ${kept.complaint.trim()}`)
}

/** Progress is told to nobody, but git ends soon when nobody is there any more to be told. */
const FETCH = [
  'fetch',
  '--progress',
  '--depth=1',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  `--filter=${WITHOUT_LARGE_FILES}`,
  '--end-of-options',
] as const
