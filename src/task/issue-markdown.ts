import type { TaskHints } from './issue.ts'
import { frontMatter } from './issue-front-matter.ts'

/** What a Markdown issue says, before it is checked. */
export interface MarkdownIssue {
  readonly title: string
  readonly body: string
  readonly labels: readonly string[]
  readonly hints: TaskHints
}

/** A longer first line is prose, not a title. */
const LONGEST_TITLE = 256

/**
 * Parses Markdown: an optional front matter (`title`, `labels`, `repository`, `commit`, `agent`, `models`, `id`), then
 * the title, which is the first line that is not blank, with or without `#`, unless the front matter has one.
 */
export function parseMarkdownIssue(text: string): MarkdownIssue {
  const { fields, rest } = frontMatter(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'))
  const title = one(fields.get('title'))
  const parts = title === undefined ? splitTitle(rest) : { title, body: rest }
  return { ...parts, labels: fields.get('labels') ?? [], hints: hintsOf(fields) }
}

/** Splits text into its first line that is not blank, as a title, and the rest; no title when that line is prose. */
export function splitTitle(text: string): { readonly title: string; readonly body: string } {
  const start = text.search(/\S/)
  if (start < 0) return { title: '', body: '' }
  const lineEnd = text.indexOf('\n', start)
  const end = lineEnd < 0 ? text.length : lineEnd
  if (end - start > LONGEST_TITLE) return { title: '', body: text }
  const title = text
    .slice(start, end)
    .trim()
    .replace(/^#{1,6}[ \t]+/, '')
  return { title, body: text.slice(end + 1) }
}

function hintsOf(fields: ReadonlyMap<string, readonly string[]>): TaskHints {
  const id = one(fields.get('id'))
  const repository = one(fields.get('repository') ?? fields.get('repo'))
  const commit = one(fields.get('commit') ?? fields.get('base_commit'))
  const agent = one(fields.get('agent'))
  const models = fields.get('models') ?? fields.get('model')
  return {
    ...(id === undefined ? {} : { id }),
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
    ...(agent === undefined ? {} : { agent }),
    ...(models === undefined ? {} : { models }),
  }
}

function one(values: readonly string[] | undefined): string | undefined {
  return values?.join(', ')
}
