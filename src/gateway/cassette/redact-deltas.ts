import { isObject } from './canonical-json.ts'
import { type Edit, editPieces } from './edits.ts'
import { parseShallow } from './parse-shallow.ts'

/** An event of a stream: where its JSON lies in the text, and its value. */
interface StreamEvent {
  readonly start: number
  readonly end: number
  value: unknown
}

/**
 * Redacts what a stream tells bit by bit: a secret whose beginning is in one event and whose end is in a later one, in
 * the member of the same name. `redact` takes it out of a text in pieces.
 */
export function redactDeltas(
  pieces: readonly string[],
  redact: (pieces: readonly string[]) => readonly string[],
): readonly string[] {
  const events = eventsOf(pieces.join(''))
  const changed = new Set<StreamEvent>()
  for (const [place, told] of membersOf(events)) {
    if (told.length < 2) continue
    const before = told.map(({ text }) => text)
    redact(before).forEach((text, index) => {
      const member = told[index]
      if (member === undefined || text === member.text) return
      member.event.value = withText(member.event.value, place.split('\0').slice(1), text)
      changed.add(member.event)
    })
  }
  return editPieces(pieces, [...changed].sort((a, b) => a.start - b.start).map(editOf))
}

const editOf = ({ start, end, value }: StreamEvent): Edit => ({ start, end, text: JSON.stringify(value) })

const DATA = /^data:[ \t]*([[{].*[\]}])[ \t]*$/gm

/** Deltas are told near the top: deeper is no stream of any provider. */
const MAX_DEPTH = 32

function eventsOf(text: string): readonly StreamEvent[] {
  return Array.from(text.matchAll(DATA)).flatMap((match) => {
    const json = match[1] ?? ''
    const start = match.index + match[0].indexOf(json)
    const value = parseShallow(Buffer.from(json), MAX_DEPTH)
    return value === undefined ? [] : [{ start, end: start + json.length, value }]
  })
}

interface Member {
  readonly event: StreamEvent
  readonly text: string
}

/** Names of members from the outside in, each after a NUL. */
type Place = string

function membersOf(events: readonly StreamEvent[]): ReadonlyMap<Place, readonly Member[]> {
  const found = new Map<Place, Member[]>()
  for (const event of events) {
    for (const [place, text] of textsOf(event.value, '')) {
      const known = found.get(place)
      if (known === undefined) found.set(place, [{ event, text }])
      else known.push({ event, text })
    }
  }
  return found
}

function* textsOf(value: unknown, at: Place): Generator<readonly [Place, string]> {
  if (typeof value === 'string') yield [at, value]
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) yield* textsOf(item, `${at}\0${name}`)
}

function withText(value: unknown, [first, ...rest]: readonly string[], text: string): unknown {
  if (first === undefined) return text
  const inner = (name: string, item: unknown) => (name === first ? withText(item, rest, text) : item)
  if (Array.isArray(value)) return value.map((item, index) => inner(String(index), item))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inner(name, item)]))
}
