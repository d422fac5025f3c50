import { extractor } from './extractor.ts'

const count = (lines: readonly string[], pattern: RegExp): number =>
  lines.reduce((sum, line) => sum + (pattern.test(line.slice(0, 500)) ? 1 : 0), 0)

/** How the issue is laid out. */
export const structure = extractor({
  describe: {
    issue_blocks: 'fenced blocks of code',
    issue_headings: 'headings',
    issue_items: 'list items',
    issue_links: 'lines with a link',
    issue_images: 'lines with a picture',
    issue_quotes: 'quoted lines',
    issue_frames: 'log number of stack frames',
    issue_sessions: 'lines of an interactive session',
    issue_imports: 'import lines: the reporter wrote a program that shows it',
    issue_definitions: 'definitions in the code shown',
    issue_diff: '1 if it contains a patch',
    issue_versions: 'version numbers',
    issue_permalinks: 'links to a line of source code',
    issue_references: 'references to other issues or commits',
  },
  extract: ({ parts }) => ({
    issue_blocks: Math.log1p(parts.fences),
    issue_headings: Math.log1p(count(parts.lines, /^\s*#{1,6} \w/)),
    issue_items: Math.log1p(count(parts.lines, /^\s*([-*+]|\d+[.)]) \S/)),
    issue_links: Math.log1p(count(parts.lines, /https?:\/\//)),
    issue_images: Math.log1p(count(parts.lines, /!\[|<img|\.png|\.jpg|\.gif/)),
    issue_quotes: Math.log1p(count(parts.lines, /^\s*> /)),
    issue_frames: Math.log1p(parts.frames.length),
    issue_sessions: Math.log1p(count(parts.lines, /^\s*(>>>|\$ |In ?\[)/)),
    issue_imports: Math.log1p(
      count(parts.lines, /^\s*(>>> ?)?(import \w|from [\w.]+ import|#include|using \w|require\()/),
    ),
    issue_definitions: Math.log1p(
      count(parts.lines, /^\s*(>>> ?)?(def |class |function |func |fn |public |private )\s*\w/),
    ),
    issue_diff: count(parts.lines, /^(diff --git|@@ |--- a\/|\+\+\+ b\/|[+-]\s{2,}\S)/) > 1 ? 1 : 0,
    issue_versions: Math.log1p(count(parts.lines, /\b\d+\.\d+(\.\d+|\.dev|rc\d|b\d)/)),
    issue_permalinks: Math.log1p(count(parts.lines, /\/blob\/\S+#L\d+|\bline \d{2,}\b|\.py#L?\d/)),
    issue_references: Math.log1p(count(parts.lines, /#\d{2,6}\b|\b[0-9a-f]{10,40}\b|\bticket\b/)),
  }),
})
