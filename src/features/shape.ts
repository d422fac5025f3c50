import { isDocumentation } from '../task/language.ts'
import { outlineLines, outlineUnits } from '../task/outline.ts'
import { extractor } from './extractor.ts'

/** The size and make-up of the repository. */
export const shape = extractor({
  describe: {
    repo_log_files: 'log number of files',
    repo_log_sources: 'log number of source files',
    repo_log_lines: 'log lines of source code',
    repo_lines_per_file: 'log mean lines of a source file',
    repo_units_per_file: 'log mean definitions of a source file',
    repo_test_share: 'share of source lines that are tests',
    repo_docs_share: 'share of files that are documentation',
    repo_languages: 'languages with at least 5 % of the source files',
    repo_python: 'share of the source files in Python',
    repo_depth: 'mean depth of a source file',
  },
  extract: ({ snapshot }) => {
    if (snapshot === null || snapshot.sources.length === 0) return null
    const { sources, files } = snapshot
    const lines = sources.map(({ outline }) => outlineLines(outline))
    const all = sum(lines)
    const tests = sum(sources.map(({ test }, i) => (test ? (lines[i] as number) : 0)))
    const byLanguage = Map.groupBy(sources, ({ language }) => language)
    return {
      repo_log_files: Math.log1p(files.length),
      repo_log_sources: Math.log1p(sources.length),
      repo_log_lines: Math.log1p(all),
      repo_lines_per_file: Math.log1p(all / sources.length),
      repo_units_per_file: Math.log1p(
        sum(sources.map(({ outline }) => outlineUnits(outline))) / sources.length,
      ),
      repo_test_share: all === 0 ? null : tests / all,
      repo_docs_share: files.filter(({ path }) => isDocumentation(path)).length / files.length,
      repo_languages: [...byLanguage.values()].filter((of) => of.length >= sources.length / 20).length,
      repo_python: (byLanguage.get('Python')?.length ?? 0) / sources.length,
      repo_depth: sum(sources.map(({ path }) => path.split('/').length)) / sources.length,
    }
  },
})

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
