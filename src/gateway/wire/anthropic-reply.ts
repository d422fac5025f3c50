import { isMembers } from '../../trajectory/json-head.ts'
import type { Observer, ReplyDialect } from './observer.ts'
import { membersIn, textOr } from './request-content.ts'
import { actionOf, appendInput, type ToolUse } from './tool-use.ts'

/** The Messages API: https://docs.anthropic.com/en/api/messages-streaming */
export const anthropicReply: ReplyDialect = {
  observer,
  message(body) {
    const whole = observer()
    if (isMembers(body)) {
      whole.push({ type: 'message_start', message: body })
      for (const [index, content_block] of membersIn(body.content).entries()) {
        whole.push({ type: 'content_block_start', index, content_block })
      }
      whole.push({ type: 'message_delta', delta: body })
    }
    return whole.end()
  },
}

function observer(): Observer {
  const uses: ToolUse[] = []
  const open = new Map<unknown, ToolUse>()
  let [id, stopReason] = [null as string | null, null as string | null]
  const begin = (index: unknown, block: unknown): void => {
    if (!isMembers(block) || typeof block.name !== 'string' || !USES.has(block.type)) return
    const use = { id: textOr(block.id, null), name: block.name, json: inputBegun(block.input) }
    uses.push(use)
    open.set(index, use)
  }
  return {
    isMute: (data) => !TELLS.test(data),
    push(event) {
      if (!isMembers(event)) return
      const { type, index, message, content_block, delta } = event
      if (type === 'content_block_delta') {
        const use = isMembers(delta) && delta.type === 'input_json_delta' ? open.get(index) : undefined
        if (use !== undefined && isMembers(delta)) appendInput(use, delta.partial_json)
      } else if (type === 'content_block_start') begin(index, content_block)
      else if (type === 'message_start' && isMembers(message)) id = textOr(message.id, id)
      else if (type === 'message_delta' && isMembers(delta))
        stopReason = textOr(delta.stop_reason, stopReason)
    },
    end: () => ({ stopReason, actions: uses.map((use) => actionOf(use, id)) }),
  }
}

/** What an event that says something has in it; with escapes a name may be written in many ways. */
const TELLS = /"(?:content_block_start|input_json_delta|message_start|message_delta)"|\\u/

/** Tools of the client, of Anthropic, and of servers that Anthropic asks. */
const USES: ReadonlySet<unknown> = new Set(['tool_use', 'server_tool_use', 'mcp_tool_use'])

/** A stream begins with an input without members, whose JSON then follows. */
function inputBegun(input: unknown): string {
  return isMembers(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : ''
}
