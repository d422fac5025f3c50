import { outlineLines } from '../task/outline.ts'
import { extractor } from './extractor.ts'
import { commitsByPath } from './past.ts'
import type { Hit } from './search.ts'

/** The two best single signs of effort inside a repository: big tests to satisfy, and code that is worked on a lot. */
export const effort = extractor({
  describe: {
    effort_tests_lines: 'log lines of the five test files that match best',
    effort_commits: 'log recent commits to the best three files, by score',
  },
  extract: ({ snapshot, findings }) => {
    if (snapshot === null || findings === null) return null
    const top = findings.hits.file.all.slice(0, 3)
    const tests = findings.hits.test.all.slice(0, 5)
    const lines = tests.reduce((sum, { file }) => sum + outlineLines(file.outline), 0)
    const known = snapshot.history !== null && top.length > 0
    return {
      effort_tests_lines: tests.length === 0 ? null : Math.log1p(lines),
      effort_commits: known ? Math.log1p(commitsTo(top, commitsByPath(snapshot.history))) : null,
    }
  },
})

function commitsTo(top: readonly Hit[], commits: ReadonlyMap<string, readonly unknown[]>): number {
  const total = top.reduce((sum, { score }) => sum + score, 0)
  return top.reduce(
    (sum, { score, file }) => sum + (score / total) * (commits.get(file.path)?.length ?? 0),
    0,
  )
}
