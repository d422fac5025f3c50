import { extractor } from './extractor.ts'
import { MAX_LINE } from './issue-parts.ts'

/** How much of the search the issue has already done: named files and symbols spare the agent exploration. */
export const specificity = extractor({
  describe: {
    issue_paths: 'distinct file paths named in the issue',
    issue_identifiers: 'distinct names of code in the issue',
    issue_prose_identifiers: 'distinct names of code in its sentences',
    issue_identifier_density: 'names of code per word of prose',
    issue_title_identifiers: 'names of code in the title',
    issue_dotted: 'names with a dot: methods and modules',
    issue_calls: 'share of the names that are written as CamelCase',
    issue_errors: 'distinct kinds of error named',
    issue_evidence: '1 if it quotes a command, a stack trace or a session',
  },
  extract: ({ parts }) => {
    const words = parts.prose.reduce((sum, line) => sum + line.split(' ').length, 1)
    const head = parts.title.slice(0, MAX_LINE)
    const title = parts.proseIdentifiers.filter((name) => head.includes(name)).length
    return {
      issue_paths: Math.log1p(parts.paths.length),
      issue_identifiers: Math.log1p(parts.identifiers.length),
      issue_prose_identifiers: Math.log1p(parts.proseIdentifiers.length),
      issue_identifier_density: parts.proseIdentifiers.length / words,
      issue_title_identifiers: title,
      issue_dotted: Math.log1p(parts.identifiers.filter((name) => name.includes('.')).length),
      issue_calls:
        parts.identifiers.filter((name) => /^[A-Z]/.test(name)).length /
        Math.max(1, parts.identifiers.length),
      issue_errors: Math.log1p(parts.errors.length),
      issue_evidence:
        parts.frames.length > 0 || parts.code.some((line) => /^\s*(>>>|\$ )/.test(line)) ? 1 : 0,
    }
  },
})
