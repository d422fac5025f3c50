import { parse, TomlError } from 'smol-toml'
import { type Place, type PlanPath, type PlanText, pointerOf } from '../plan-text.ts'

/** The text of a TOML file with the places of its tables and keys. */
export function readTomlText(text: string): PlanText {
  const places = placesIn(text)
  const placeOf = (path: PlanPath): Place => {
    const found = places.get(pointerOf(path))
    return found ?? (path.length === 0 ? { line: 1, column: 1 } : placeOf(path.slice(0, -1)))
  }
  const read = (value: unknown, syntax: PlanText['syntax']): PlanText => ({
    ...{ value, syntax, keys: [], placeOf, placeOfKey: placeOf },
  })
  try {
    return read(parse(text), [])
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [found = ''] = error.message.replace('Invalid TOML document: ', '').split('\n')
    const place = { line: error.line, column: error.column }
    return read(undefined, [
      { pointer: '', ...place, found: `not TOML: ${found}`, fix: 'correct it, or take it out' },
    ])
  }
}

const TABLE = /^\s*\[{1,2}([^\]#]+)\]/
const KEY = /^(\s*)((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/

/** Of tables and of the keys at the start of a line, which are all but those in tables on one line. */
function placesIn(text: string): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  let table: readonly string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [header, name] = [TABLE.exec(line), KEY.exec(line)]
    if (header !== null) table = keysIn(header[1] ?? '')
    if (header === null && name === null) continue
    const path = name === null || header !== null ? table : [...table, ...keysIn(name[2] ?? '')]
    const column = (/\S/.exec(line)?.index ?? 0) + 1
    if (!places.has(pointerOf(path))) places.set(pointerOf(path), { line: index + 1, column })
  }
  return places
}

const keysIn = (dotted: string): readonly string[] =>
  dotted.split('.').map((key) => key.trim().replace(/^["']|["']$/g, ''))
