import { outlineBranches, outlineLines } from '../task/outline.ts'
import type { Snapshot, SourceFile } from '../task/snapshot.ts'
import { type Extractor, extractor } from './extractor.ts'
import { QUERY_WORDS } from './hits.ts'
import { commitsByPath } from './past.ts'
import { QUERY_NAMES, type QueryName } from './query.ts'
import type { Hit } from './search.ts'

const MEASURES = {
  lines: 'share of the source files that are shorter than the best three',
  branches: 'share of the source files with fewer branches than the best three',
  tests: 'share of the test files that are shorter than the best three',
  commits: 'share of the changed source files with fewer recent commits than the best three',
} as const
type Measure = keyof typeof MEASURES

const name = (measure: string, query: QueryName) => `standing_${measure}_${query}`

/**
 * Where the files hit stand among the files of their own repository: big or small for this house. Unlike lengths in
 * lines, ranks mean the same in a repository never seen.
 */
export const standing: Extractor = extractor({
  describe: Object.fromEntries(
    QUERY_NAMES.flatMap((query) =>
      Object.entries(MEASURES).map(([measure, words]) => [
        name(measure, query),
        `${words}, searching for ${QUERY_WORDS[query]}`,
      ]),
    ),
  ) as Record<string, string>,
  extract: ({ snapshot, findings }) => {
    if (snapshot === null || findings === null) return null
    const ranks = ranksOf(snapshot)
    const values: Record<string, number | null> = {}
    for (const query of QUERY_NAMES) {
      const [code, tests] = [findings.hits.file[query].slice(0, 3), findings.hits.test[query].slice(0, 3)]
      for (const measure of Object.keys(MEASURES) as Measure[]) {
        values[name(measure, query)] = meanRank(measure === 'tests' ? tests : code, ranks[measure])
      }
    }
    return values
  },
})

/** The rank, 0 to 1, of each file by each measure; absent = has none. */
function ranksOf(snapshot: Snapshot): Readonly<Record<Measure, ReadonlyMap<SourceFile, number>>> {
  const code = snapshot.sources.filter(({ test }) => !test)
  const tests = snapshot.sources.filter(({ test }) => test)
  const commits = snapshot.history === null ? null : commitsByPath(snapshot.history)
  const changed = commits === null ? [] : code.filter(({ path }) => commits.has(path))
  return {
    lines: rank(code, ({ outline }) => outlineLines(outline)),
    branches: rank(code, ({ outline }) => outlineBranches(outline)),
    tests: rank(tests, ({ outline }) => outlineLines(outline)),
    commits: rank(changed, ({ path }) => commits?.get(path)?.length ?? 0),
  }
}

/** The share of the files that are below each. */
function rank(
  files: readonly SourceFile[],
  of: (file: SourceFile) => number,
): ReadonlyMap<SourceFile, number> {
  const sorted = files.map((file) => ({ file, value: of(file) })).sort((a, b) => a.value - b.value)
  const ranks = new Map<SourceFile, number>()
  let below = 0
  for (const [index, { file, value }] of sorted.entries()) {
    if (index > 0 && value > (sorted[index - 1]?.value ?? value)) below = index
    ranks.set(file, below / files.length)
  }
  return ranks
}

/** Mean by score; a file without a rank (unchanged lately) is below all; null without hits or where nothing is ranked. */
function meanRank(top: readonly Hit[], ranks: ReadonlyMap<SourceFile, number>): number | null {
  const total = top.reduce((sum, { score }) => sum + score, 0)
  if (total === 0 || ranks.size === 0) return null
  return top.reduce((sum, { file, score }) => sum + (score / total) * (ranks.get(file) ?? 0), 0)
}
