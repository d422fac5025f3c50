import { type Action, toolAction } from '../../trajectory/action.ts'
import { codexAction } from '../../trajectory/codex-actions.ts'
import { isMembers, type Members } from '../../trajectory/json-head.ts'
import type { Observer, ReplyDialect } from './observer.ts'
import { membersIn, textOr } from './request-content.ts'
import { inputOf } from './tool-use.ts'

/** The Responses API: https://platform.openai.com/docs/api-reference/responses-streaming */
export const responsesReply: ReplyDialect = {
  observer,
  message(body) {
    const whole = observer()
    whole.push({ response: body })
    return whole.end()
  },
}

function observer(): Observer {
  const done: Members[] = []
  let response: Members = {}
  return {
    isMute: (data) => !TELLS.test(data),
    push(event) {
      if (!isMembers(event)) return
      if (event.type === 'response.output_item.done' && isMembers(event.item)) done.push(event.item)
      else if (isMembers(event.response)) response = event.response
    },
    end() {
      // The last event has all items again, but not of every server, and not of a stream that was cut off.
      const items = done.length > 0 ? done : membersIn(response.output)
      const call = textOr(response.id, null)
      return { stopReason: stopReason(response), actions: items.flatMap((item) => actionsOf(item, call)) }
    },
  }
}

/** What an event that says something has in it; with escapes a name may be written in many ways. */
const TELLS = /"response(?:\.output_item\.done)?"|\\u/

/** Of a response that is not all there, why; of one that is still coming, nothing. */
function stopReason({ status, incomplete_details: details }: Members): string | null {
  const reason = isMembers(details) ? textOr(details.reason, null) : null
  return reason ?? (status === 'in_progress' || status === 'queued' ? null : textOr(status, null))
}

/** Every item that asks for something is named after it: `function_call`, `local_shell_call`, `web_search_call`. */
function actionsOf(item: Members, call: string | null): readonly Action[] {
  const kind = textOr(item.type, '')
  if (!kind.endsWith('_call')) return []
  const id = textOr(item.call_id, null) ?? textOr(item.id, null)
  const codex = codexAction(item, id)
  if (codex !== null) return [{ ...codex, call }]
  const tool = textOr(item.name, kind.slice(0, -'_call'.length))
  return [toolAction(tool, inputIn(item), { id, call })]
}

function inputIn({ arguments: json, action, operation }: Members): Members {
  if (isMembers(operation)) return operation // of a patch
  if (!isMembers(action)) return inputOf(json)
  // A shell of the newer kind is given several lines at once.
  return Array.isArray(action.commands) ? { command: action.commands.join('\n') } : action
}
