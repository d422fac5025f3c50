import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import { checkSize, type IssueDocument, type IssueSource, makeIssue, sourceName } from './issue.ts'
import { parseJsonIssue } from './issue-json.ts'
import { parseMarkdownIssue } from './issue-markdown.ts'
import { decodeText, readBounded } from './issue-text.ts'

/**
 * Reads an issue from a file: JSON when its name ends in `.json` or it begins with `{"`, else Markdown. The size is
 * checked before anything is read. The path is relative to `cwd`; messages and the source show it as it was given.
 * @throws KnownError `file-not-found`, `file-unreadable`, `issue-*`
 */
export async function readIssueFile(path: string, cwd: string, signal: AbortSignal): Promise<IssueDocument> {
  const file = resolve(cwd, path)
  try {
    const stats = await stat(file)
    if (stats.isDirectory()) throw new KnownError('file-unreadable', `${path} is a folder`)
    checkSize(stats.size, path)
    const bytes = await readBounded(createReadStream(file, { signal }), path, signal)
    return parseIssueBytes(bytes, { kind: 'file', path })
  } catch (error) {
    throw asKnown(error, path)
  }
}

/** Reads an issue from standard input and stops at the size limit. @throws KnownError `issue-*` */
export async function readIssueStdin(
  stdin: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<IssueDocument> {
  return parseIssueBytes(await readBounded(stdin, 'standard input', signal), { kind: 'stdin' })
}

/** Parses the bytes of an issue document, JSON or Markdown. @throws KnownError `issue-*` */
export function parseIssueBytes(bytes: Uint8Array, source: IssueSource): IssueDocument {
  const text = decodeText(bytes, sourceName(source))
  const named = source.kind === 'file' && source.path.toLowerCase().endsWith('.json')
  if (text.trim() === '') throw new KnownError('issue-empty', sourceName(source))
  if (named || /^\s*\{\s*"/.test(text)) return parseJsonIssue(text, source)
  const { hints, ...parts } = parseMarkdownIssue(text)
  return { issue: makeIssue({ ...parts, source }), hints }
}

function asKnown(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return new KnownError('file-not-found', path, { cause: error })
  }
  return new KnownError('file-unreadable', `${path} (${String(error.code)})`, { cause: error })
}
