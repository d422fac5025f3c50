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
    const tests = snapshot.sources.filter(({ test }) => test)
    const top = findings.hits.file.all.slice(0, 5).map(({ file }) => file)
    const near = [...new Set(top.flatMap((file) => testsOf(file, tests)))]
    const best = top[0] ? testsOf(top[0], tests) : []
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

/** `a/b/query.py` → tests that carry `query` in their name or, for a package, in their folder. */
function testsOf(file: SourceFile, tests: readonly SourceFile[]): readonly SourceFile[] {
  const stem = stemOf(file.path)
  if (stem.length < 3) return []
  return tests.filter(({ path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
    return name.includes(stem) || path.toLowerCase().includes(`/${stem}/`)
  })
}

function stemOf(path: string): string {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.\w+$/, '')
    .toLowerCase()
  if (name !== '__init__' && name !== 'index' && name !== 'base') return name.replace(/^_+/, '')
  return (path.split('/').at(-2) ?? '').toLowerCase()
}
