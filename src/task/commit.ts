import { runGit } from './git.ts'

/** What a forecast needs to know of a commit. */
export interface CommitFacts {
  /** Full object id of the commit. */
  readonly commit: string
  /** Tree object id; the same for commits with the same content. */
  readonly tree: string
  /** Seconds since the epoch; 0, as in git-log(1), for a commit without a date. */
  readonly committedAt: number
}

/** What may stand in the name of a commit (gitrevisions(7)): one line, and not a whole page. */
const NAME = /^[^\p{Cc}]{1,256}$/u

/**
 * Reads the commit that `name` means in the repository around `directory`; null where there is none. The name goes
 * through standard input, where nothing is an option or a range.
 */
export async function readCommit(
  directory: string,
  name: string,
  signal?: AbortSignal,
): Promise<CommitFacts | null> {
  if (!NAME.test(name)) return null
  const args = ['cat-file', '--batch']
  const answer = (await runGit({ directory, args, input: `${name}^{commit}\n`, signal })).toString('utf8')
  const [, commit, content] = /^([0-9a-f]+) commit \d+\n([\s\S]*)$/.exec(answer) ?? []
  if (commit === undefined || content === undefined) return null
  const [head = ''] = content.split('\n\n', 1)
  const tree = /^tree ([0-9a-f]+)$/m.exec(head)?.[1]
  if (tree === undefined) return null
  return { commit, tree, committedAt: Number(/^committer .*> (\d+) /m.exec(head)?.[1] ?? 0) }
}
