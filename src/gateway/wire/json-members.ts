/** Where one member of a JSON object stands in its text. */
export interface MemberSpan {
  /** As parsed: `"\u0061"` is `a`. */
  readonly name: string
  /** Of the quote that opens the name. */
  readonly start: number
  readonly valueStart: number
  /** Just behind the value. */
  readonly end: number
}

/**
 * The members of the object that begins at `start`, in order; null where the text has no object there. The text has to
 * be JSON: of anything else, what comes back is without meaning, but it does come back.
 */
export function membersAt(json: string, start: number): readonly MemberSpan[] | null {
  const open = skipSpace(json, start)
  if (json[open] !== '{') return null
  const members: MemberSpan[] = []
  let at = skipSpace(json, open + 1)
  while (json[at] === '"') {
    const member = memberAt(json, at)
    members.push(member)
    at = skipSpace(json, member.end)
    if (json[at] !== ',') break
    at = skipSpace(json, at + 1)
  }
  return members
}

function memberAt(json: string, start: number): MemberSpan {
  const nameEnd = skipString(json, start)
  const raw = json.slice(start + 1, nameEnd - 1)
  const valueStart = skipSpace(json, skipSpace(json, nameEnd) + 1)
  return {
    name: raw.includes('\\') ? unescaped(raw) : raw,
    start,
    valueStart,
    end: skipValue(json, valueStart),
  }
}

function unescaped(raw: string): string {
  const name: unknown = JSON.parse(`"${raw}"`)
  return String(name)
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/** Over the four characters that are space in JSON. */
export function skipSpace(json: string, start: number): number {
  let at = start
  while (SPACES.has(json.charCodeAt(at))) at++
  return at
}

const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

/** Strings are most of a long body: their ends are looked for natively, not character by character. */
function skipString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (json.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
  return json.length
}

function skipValue(json: string, start: number): number {
  const first = json.charCodeAt(start)
  if (first === QUOTE) return skipString(json, start)
  if (first === OPEN_OBJECT || first === OPEN_LIST) return skipNested(json, start)
  SCALAR.lastIndex = start
  return SCALAR.test(json) ? SCALAR.lastIndex : json.length
}

const SCALAR = /[\w+.-]*/y

/** Nesting is counted, not followed: a text that nests without end needs no more space than another. */
function skipNested(json: string, start: number): number {
  let depth = 0
  for (let at = start; at < json.length; ) {
    const code = json.charCodeAt(at)
    if (code === QUOTE) {
      at = skipString(json, at)
      continue
    }
    at++
    if (code === OPEN_OBJECT || code === OPEN_LIST) depth++
    else if ((code === CLOSE_OBJECT || code === CLOSE_LIST) && --depth === 0) return at
  }
  return json.length
}

/** The parsed value of a member in the text of a JSON object, the last one of that name; undefined where there is none. */
export function readMember(json: string, name: string): unknown {
  const member = membersAt(json, 0)?.findLast((member) => member.name === name)
  return member === undefined ? undefined : JSON.parse(json.slice(member.valueStart, member.end))
}
