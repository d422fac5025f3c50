import { type MemberSpan, membersAt, skipSpace } from './json-members.ts'

/**
 * The text of a JSON object with one member set, and every other character as it was; parents that are missing, or are
 * no objects, are made. A member that is there twice is set twice: parsers differ in which one they see.
 */
export function setMember(json: string, path: readonly string[], value: unknown): string {
  return replaced(json, settings(json, 0, { path, value }))
}

/** The text of a JSON object without the member, wherever it is there once or more, and its comma. */
export function removeMember(json: string, path: readonly string[]): string {
  return replaced(json, removals(json, 0, path))
}

interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Replacements in order, none within another. */
function replaced(json: string, replacements: readonly Replacement[]): string {
  let result = ''
  let done = 0
  for (const { start, end, text } of replacements) {
    result += json.slice(done, start) + text
    done = end
  }
  return result + json.slice(done)
}

interface Setting {
  readonly path: readonly string[]
  readonly value: unknown
}

function settings(json: string, object: number, { path, value }: Setting): readonly Replacement[] {
  const [name, ...below] = path
  const members = membersAt(json, object)
  if (name === undefined || members === null) return []
  const named = members.filter((member) => member.name === name)
  const text = JSON.stringify(nested(below, value))
  if (named.length === 0)
    return [insertion(json, object, { members, text: `${JSON.stringify(name)}:${text}` })]
  return named.flatMap(({ valueStart, end }) =>
    below.length > 0 && json[valueStart] === '{'
      ? settings(json, valueStart, { path: below, value })
      : [{ start: valueStart, end, text }],
  )
}

/** The value as the innermost member of new objects. */
function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, name) => Object.fromEntries([[name, inner]]), value)
}

function insertion(
  json: string,
  object: number,
  { members, text }: { readonly members: readonly MemberSpan[]; readonly text: string },
): Replacement {
  const last = members.at(-1)
  const at = last?.end ?? skipSpace(json, object) + 1
  return { start: at, end: at, text: last === undefined ? text : `,${text}` }
}

function removals(json: string, object: number, path: readonly string[]): readonly Replacement[] {
  const [name, ...below] = path
  const members = membersAt(json, object)
  if (name === undefined || members === null) return []
  if (below.length > 0) {
    return members
      .filter((member) => member.name === name)
      .flatMap(({ valueStart }) => removals(json, valueStart, below))
  }
  const firstKept = members.findIndex((member) => member.name !== name)
  return members.flatMap((member, i) => {
    if (member.name !== name) return []
    // With what stays before it, the comma before goes; else the comma behind, if anything stays at all.
    const isBehind = firstKept >= 0 && firstKept < i
    const start = isBehind ? (members[i - 1]?.end ?? member.start) : member.start
    const end = isBehind ? member.end : (members[i + 1]?.start ?? member.end)
    return [{ start, end, text: '' }]
  })
}
