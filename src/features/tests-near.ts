import { outlineLines, outlineUnits } from '../task/outline.ts'
import type { SourceFile } from '../task/snapshot.ts'
import { extractor } from './extractor.ts'

/** The tests beside the code that the issue points at: what the agent will run and read. */
export const testsNear = extractor({
  describe: {
    near_test_files: 'log number of test files named after the files hit',
    near_test_lines: 'log lines of those test files',
    near_test_units: 'log number of tests in them',
    near_test_best_lines: 'log lines of the test file for the best hit',
  },
  extract: ({ snapshot, findings }) => {
    if (snapshot === null || findings === null) return null
    const tests = snapshot.sources
      .filter(({ test }) => test)
      .map((file): Test => ({ file, path: file.path.toLowerCase() }))
    const found = findings.hits.file.all.slice(0, 5).map(({ file }) => testsOf(file, tests))
    const near = [...new Set(found.flat())]
    const [best = []] = found
    return {
      near_test_files: Math.log1p(near.length),
      near_test_lines: Math.log1p(lines(near)),
      near_test_units: Math.log1p(near.reduce((sum, { outline }) => sum + outlineUnits(outline), 0)),
      near_test_best_lines: best.length === 0 ? null : Math.log1p(lines(best)),
    }
  },
})

const lines = (files: readonly SourceFile[]): number =>
  files.reduce((sum, { outline }) => sum + outlineLines(outline), 0)

interface Test {
  readonly file: SourceFile
  /** In lower case. */
  readonly path: string
}

/** `a/b/query.py` → tests that carry `query` in their name or, for a package, in their folder. */
function testsOf(file: SourceFile, tests: readonly Test[]): readonly SourceFile[] {
  const stem = stemOf(file.path)
  if (stem.length < 3) return []
  const folder = `/${stem}/`
  return tests
    .filter(({ path }) => path.includes(stem, path.lastIndexOf('/') + 1) || path.includes(folder))
    .map((test) => test.file)
}

function stemOf(path: string): string {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.\w+$/, '')
    .toLowerCase()
  if (name !== '__init__' && name !== 'index' && name !== 'base') return name.replace(/^_+/, '')
  return (path.split('/').at(-2) ?? '').toLowerCase()
}
