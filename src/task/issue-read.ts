import { readGithubIssue } from './github-issue.ts'
import type { GithubAccess } from './github-request.ts'
import type { IssueDocument } from './issue.ts'
import { readIssueFile, readIssueStdin } from './issue-file.ts'
import { parseIssueReference } from './issue-reference.ts'

/** What reading an issue needs of the world. */
export interface IssueReading {
  readonly cwd: string
  readonly stdin: () => AsyncIterable<Uint8Array>
  readonly github: GithubAccess
}

/**
 * Reads the issue a user names: a file, `-`, a GitHub URL or `owner/repo#n`.
 * @throws KnownError `issue-*`, `file-*`, `github-*`, each naming the value
 */
export async function readIssue(reference: string, reading: IssueReading): Promise<IssueDocument> {
  const { signal } = reading.github
  const parsed = parseIssueReference(reference, reading.github.api)
  switch (parsed.kind) {
    case 'stdin':
      return readIssueStdin(reading.stdin(), signal)
    case 'file':
      return readIssueFile(parsed.path, reading.cwd, signal)
    case 'github':
      return readGithubIssue(parsed, reading.github)
  }
  return parsed satisfies never
}
