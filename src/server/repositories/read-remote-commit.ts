import { KnownError } from '../../errors.ts'
import { isCommitId } from './commit-name.ts'
import { fetchFailure, noSuchCommit } from './fetch-failure.ts'
import { type CheckedPlace, runFetchGit } from './fetch-git.ts'

/**
 * The commit that a name means at that place now: `HEAD`, a branch or a tag; a branch goes before a tag.
 * @throws KnownError `repository-failed`, `repository-refused`, `commit-not-found`
 */
export async function readRemoteCommit(
  place: CheckedPlace,
  name: string,
  { directory, signal }: { readonly directory: string; readonly signal: AbortSignal },
): Promise<string> {
  const names =
    name === 'HEAD' ? ['HEAD'] : [`refs/heads/${name}`, `refs/tags/${name}^{}`, `refs/tags/${name}`]
  const { href } = place.url
  const args = ['ls-remote', '--quiet', '--', href, ...names]
  const { code, printed, complaint } = await runFetchGit({ directory, args, place, signal })
  if (code !== 0) throw fetchFailure(href, name, complaint)
  const ids = new Map(
    printed.split('\n').map((line) => {
      const [id = '', ref = ''] = line.split('\t')
      return [ref, id] as const
    }),
  )
  const found = names.map((one) => ids.get(one)).find((id) => id !== undefined && isCommitId(id))
  if (found !== undefined) return found
  // Any web page is an empty repository to git.
  throw name === 'HEAD'
    ? new KnownError('repository-failed', `${href}: it has no commit, or is no git server`)
    : noSuchCommit(href, name)
}
