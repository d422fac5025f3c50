/**
 * Offset of the first character that cannot belong to a JSON text (RFC 8259), the length of the text when it only
 * ends too early, null when it is JSON. V8 does not say the place of every mistake, hence this scan.
 */
export function firstMistake(text: string): number | null {
  const open: Bracket[] = []
  let state: State = 'value'
  let at = skipSpace(text, 0)
  while (at < text.length) {
    const kind = kindOf(text[at] ?? '')
    const next: State | null = kind === null ? null : step(state, kind, open)
    if (kind === null || next === null) return at
    const token = readToken(text, at, kind)
    if (!token.whole) return token.end
    state = next
    at = skipSpace(text, token.end)
  }
  return state === 'after' && open.length === 0 ? null : text.length
}

type Bracket = '{' | '['
type Kind = Bracket | '}' | ']' | ':' | ',' | 'string' | 'scalar'
type State = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'after'

/** The state after a token, or null where that token may not stand. */
function step(state: State, kind: Kind, open: Bracket[]): State | null {
  switch (state) {
    case 'colon':
      return kind === ':' ? 'value' : null
    case 'first key':
      return kind === '}' ? close(kind, open) : step('key', kind, open)
    case 'key':
      return kind === 'string' ? 'colon' : null
    case 'first value':
      return kind === ']' ? close(kind, open) : step('value', kind, open)
    case 'value':
      return startValue(kind, open)
    case 'after':
      if (kind === ',' && open.length > 0) return open.at(-1) === '{' ? 'key' : 'value'
      return kind === '}' || kind === ']' ? close(kind, open) : null
  }
  return state satisfies never
}

function startValue(kind: Kind, open: Bracket[]): State | null {
  if (kind === 'string' || kind === 'scalar') return 'after'
  if (kind !== '{' && kind !== '[') return null
  open.push(kind)
  return kind === '{' ? 'first key' : 'first value'
}

function close(kind: '}' | ']', open: Bracket[]): State | null {
  if (open.at(-1) !== (kind === '}' ? '{' : '[')) return null
  open.pop()
  return 'after'
}

/** What a token is, by its first character. */
function kindOf(char: string): Kind | null {
  switch (char) {
    case '{':
    case '}':
    case '[':
    case ']':
    case ':':
    case ',':
      return char
    case '"':
      return 'string'
  }
  return 'tfn-0123456789'.includes(char) ? 'scalar' : null
}

/** Where a token ends or, when it is not whole, where its mistake is. */
interface Token {
  readonly whole: boolean
  readonly end: number
}

function readToken(text: string, at: number, kind: Kind): Token {
  if (kind === 'string') return readString(text, at)
  if (kind !== 'scalar') return { whole: true, end: at + 1 }
  SCALAR.lastIndex = at
  return SCALAR.test(text) ? { whole: true, end: SCALAR.lastIndex } : { whole: false, end: at }
}

function readString(text: string, start: number): Token {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '"') return { whole: true, end: at + 1 }
    if (char < ' ') return { whole: false, end: at }
    if (char !== '\\') continue
    ESCAPE.lastIndex = at
    if (!ESCAPE.test(text)) return { whole: false, end: Math.min(at + 1, text.length) }
    at = ESCAPE.lastIndex - 1
  }
  return { whole: false, end: text.length }
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\n\r'.includes(text[at] ?? 'x')) at++
  return at
}

const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
