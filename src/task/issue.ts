import { KnownError } from '../errors.ts'

/** The largest issue that is read, in bytes of UTF-8. */
export const ISSUE_LIMIT_BYTES = 2 * 1024 * 1024

/** Where an issue was read from. */
export type IssueSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'text' }
  | {
      readonly kind: 'github'
      readonly url: string
      /** `owner/repo` as GitHub spells it. */
      readonly repository: string
      readonly number: number
      readonly pullRequest: boolean
      readonly state: string
    }

/** What is asked of the agent: well-formed Unicode, `\n` line ends, at least one of title and body not blank. */
export interface Issue {
  readonly title: string
  readonly body: string
  readonly labels: readonly string[]
  readonly source: IssueSource
}

/** What an issue document may say about its task beside the issue itself. */
export interface TaskHints {
  readonly id?: string
  /** `owner/repo`. */
  readonly repository?: string
  readonly commit?: string
  readonly agent?: string
  readonly models?: readonly string[]
}

/** An issue as it was read, with the hints found beside it. */
export interface IssueDocument {
  readonly issue: Issue
  readonly hints: TaskHints
}

/**
 * Makes an issue from text of any origin: drops a byte order mark, normalises line ends, replaces lone surrogates.
 * @throws KnownError `issue-empty`, `issue-too-large`, `issue-not-text` (a NUL character)
 */
export function makeIssue(fields: {
  readonly title: string
  readonly body: string
  readonly source: IssueSource
  readonly labels?: readonly string[]
}): Issue {
  const title = cleanText(fields.title).trim().replaceAll('\n', ' ')
  const body = cleanText(fields.body)
  const where = sourceName(fields.source)
  if (title === '' && body.trim() === '') throw new KnownError('issue-empty', where)
  checkSize(Buffer.byteLength(title) + Buffer.byteLength(body), where)
  const nul = `${title}${body}`.indexOf('\0')
  if (nul >= 0) throw new KnownError('issue-not-text', `${where} has a NUL character at position ${nul}`)
  return { title, body, labels: fields.labels ?? [], source: fields.source }
}

/** @throws KnownError `issue-too-large` naming the size, when it is over the limit */
export function checkSize(bytes: number, where: string): void {
  if (bytes > ISSUE_LIMIT_BYTES) {
    throw new KnownError(
      'issue-too-large',
      `${where} has ${grouped(bytes)} bytes, the limit is ${grouped(ISSUE_LIMIT_BYTES)}`,
    )
  }
}

/** What messages call a source: its path, URL, `standard input` or `the issue`. */
export function sourceName(source: IssueSource): string {
  switch (source.kind) {
    case 'file':
      return source.path
    case 'github':
      return source.url
    case 'stdin':
      return 'standard input'
    case 'text':
      return 'the issue'
  }
  return source satisfies never
}

function cleanText(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .toWellFormed()
}

function grouped(count: number): string {
  return count.toLocaleString('en-US')
}
