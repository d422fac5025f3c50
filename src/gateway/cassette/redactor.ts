import { mapJson } from './canonical-json.ts'
import { type Edit, editPieces } from './edits.ts'
import { KEY_SHAPES } from './key-shapes.ts'
import { remembered } from './remembered.ts'
import { secretPattern } from './secret-pattern.ts'

/** What stands for a secret. */
export const REDACTED = '[redacted]'

/** Takes secrets out of what is kept. What was JSON stays JSON. */
export interface Redactor {
  readonly text: (text: string) => string
  /** A JSON value, with the names of its members. */
  readonly json: (value: unknown) => unknown
  /** A text that lies in pieces: also what is cut across them. As many pieces come back. */
  readonly pieces: (pieces: readonly string[]) => readonly string[]
}

/**
 * Takes out these secrets (provider keys, keys of runs), in every form they are written in, and what looks like a key.
 * Secrets of fewer than 8 characters are left: they would be found in ordinary words.
 */
export function redactor(secrets: readonly string[]): Redactor {
  const known = secretPattern(secrets)
  const patterns = known === null ? [KEY_SHAPES] : [known, KEY_SHAPES]
  const pieces = (given: readonly string[]) =>
    patterns.reduce((now, pattern) => editPieces(now, editsOf(now.join(''), pattern)), given)
  const text = (given: string) => pieces([given])[0] ?? ''
  const kept = remembered(text)
  return { text, pieces, json: (value) => mapJson(value, kept) }
}

function editsOf(text: string, pattern: RegExp): readonly Edit[] {
  const edits: Edit[] = []
  for (const match of text.matchAll(pattern)) {
    const start = escapeAround(text, match.index)?.start ?? match.index
    const stop = match.index + match[0].length
    const end = escapeAround(text, stop)?.end ?? stop
    const last = edits.at(-1)
    if (last !== undefined && start <= last.end)
      edits[edits.length - 1] = { ...last, end: Math.max(end, last.end) }
    else edits.push({ start, end, text: REDACTED })
  }
  return edits
}

/** What may stand of the longest escape, `\u00e9`, before a place within it. */
const MAX_BEFORE = 5

/**
 * The escape of JSON that a place lies within (`\n`, `\u00e9`); null = in none. To cut one in two would leave a text
 * that is no JSON any more.
 */
function escapeAround(text: string, place: number): { start: number; end: number } | null {
  const before = text.slice(Math.max(0, place - MAX_BEFORE), place)
  if (!before.includes('\\')) return null
  const start = place - before.length + before.lastIndexOf('\\')
  let run = start
  while (run > 0 && text[run - 1] === '\\') run--
  if ((start - run) % 2 === 1) return null // an escaped backslash, which ends here
  const end = start + (text[start + 1] === 'u' ? MAX_BEFORE + 1 : 2)
  return end > place ? { start, end: Math.min(end, text.length) } : null
}
