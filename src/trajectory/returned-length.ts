import { isMembers } from './json-head.ts'

/** Characters of text in what a tool gave back: a text, or a list of parts with texts; pictures count as none. */
export function lengthOf(content: unknown): number {
  if (typeof content === 'string') return content.length
  if (Array.isArray(content)) return content.reduce((sum: number, part) => sum + lengthOf(part), 0)
  if (!isMembers(content)) return 0
  return ['text', 'content', 'output'].reduce((sum, name) => sum + lengthOf(content[name]), 0)
}
