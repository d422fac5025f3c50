import { extractor } from './extractor.ts'
import { countTokens } from './token-count.ts'

const words = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + line.trim().split(/\s+/).length, 0)

/** How much there is to read, in prose and in code. */
export const length = extractor({
  describe: {
    issue_log_chars: 'log length of the issue in characters',
    issue_log_tokens: 'log length of the issue in tokens',
    issue_chars_per_token: 'characters per token: prose has more, code and output fewer',
    issue_log_words: 'log number of words in sentences',
    issue_log_code_lines: 'log number of lines of code and output',
    issue_code_share: 'share of lines that are code or output',
    issue_title_words: 'words in the title',
    issue_log_longest: 'log length of the longest line',
    issue_line_chars: 'log mean length of a line of prose',
  },
  extract: ({ issue, parts }) => {
    const text = `${issue.title}\n${issue.body}`
    const tokens = countTokens(text)
    const proseWords = words(parts.prose)
    const lines = parts.prose.length + parts.code.length
    const longest = parts.lines.reduce((most, line) => Math.max(most, line.length), 0)
    return {
      issue_log_chars: Math.log1p(parts.body.length),
      issue_log_tokens: Math.log1p(tokens),
      issue_chars_per_token: text.length / Math.max(1, tokens),
      issue_log_words: Math.log1p(proseWords),
      issue_log_code_lines: Math.log1p(parts.code.length),
      issue_code_share: lines === 0 ? 0 : parts.code.length / lines,
      issue_title_words: words([parts.title]),
      issue_log_longest: Math.log1p(longest),
      issue_line_chars: Math.log1p(
        parts.prose.reduce((sum, line) => sum + line.length, 0) / Math.max(1, parts.prose.length),
      ),
    }
  },
})
