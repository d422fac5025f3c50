import type { Action } from './action.ts'
import { toolAction } from './action.ts'
import { isMembers } from './json-head.ts'
import { lengthOf } from './returned-length.ts'

/** What the lines of a Claude Code session tell of tools: uses in replies, what came back in the messages after them. */
export interface ToolBlocks {
  add(line: unknown): void
  actions(): readonly Action[]
}

/** Gathers blocks; a use that is told again, as in a resumed session, is the same use. */
export function toolBlocks(): ToolBlocks {
  const uses = new Map<string, Action>()
  const returned = new Map<string, number>()
  return {
    add(line) {
      const message = isMembers(line) && isMembers(line.message) ? line.message : {}
      const blocks = Array.isArray(message.content) ? message.content.filter(isMembers) : []
      for (const { type, id, name, input, tool_use_id: of, content } of blocks) {
        if (type === 'tool_use' && typeof id === 'string' && typeof name === 'string') {
          const call = typeof message.id === 'string' ? message.id : null
          uses.set(id, toolAction(name, isMembers(input) ? input : {}, { id, call }))
        }
        if (type === 'tool_result' && typeof of === 'string') returned.set(of, lengthOf(content))
      }
    },
    actions: () => [...uses].map(([id, action]) => ({ ...action, returnedChars: returned.get(id) ?? null })),
  }
}
