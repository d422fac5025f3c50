import { membersAt } from './json-members.ts'

/**
 * A name that two members of a JSON object have; null = none. One server takes the first, another the last: what was
 * admitted here would not be what is served there. https://www.rfc-editor.org/rfc/rfc8259#section-4
 */
export function repeatedMember(json: string): string | null {
  const seen = new Set<string>()
  for (const { name } of membersAt(json, 0) ?? []) {
    if (seen.has(name)) return name.slice(0, 100)
    seen.add(name)
  }
  return null
}
