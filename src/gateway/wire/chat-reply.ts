import { isMembers, type Members } from '../../trajectory/json-head.ts'
import type { Observer, ReplyDialect } from './observer.ts'
import { membersIn, textOr } from './request-content.ts'
import { actionOf, appendInput, type ToolUse } from './tool-use.ts'

/** Chat Completions: https://platform.openai.com/docs/api-reference/chat-streaming */
export const chatReply: ReplyDialect = {
  observer,
  message(body) {
    const whole = observer()
    if (isMembers(body)) {
      const choices = membersIn(body.choices).map((choice) => ({ ...choice, delta: choice.message }))
      whole.push({ id: body.id, choices })
    }
    return whole.end()
  },
}

function observer(): Observer {
  const uses = chatUses()
  let [id, stopReason] = [null as string | null, null as string | null]
  return {
    isMute: (data) => id !== null && !TELLS.test(data),
    push(chunk) {
      if (!isMembers(chunk)) return
      id ??= textOr(chunk.id, null)
      for (const { index, delta, finish_reason } of membersIn(chunk.choices)) {
        stopReason = textOr(finish_reason, stopReason)
        if (isMembers(delta)) uses.add(placeOf(index, 0), delta)
      }
    },
    end: () => ({ stopReason, actions: uses.all().map((use) => actionOf(use, id)) }),
  }
}

/** What a chunk that says something has in it; with escapes a name may be written in many ways. */
const TELLS = /"(?:tool_calls|function_call)"|"finish_reason"(?!: ?null[,}])|\\u/

/** The uses of all choices, put together from their deltas. */
function chatUses(): {
  readonly add: (choice: number, delta: Members) => void
  readonly all: () => readonly ToolUse[]
} {
  const uses: ToolUse[] = []
  const open = new Map<string, ToolUse>()
  const useAt = (place: string, id: string | null): ToolUse => {
    const begun = open.get(place)
    // Some servers give every use the same index: another id is another use.
    if (begun !== undefined && (id === null || id === begun.id)) return begun
    const use = { id, name: '', json: '' }
    uses.push(use)
    open.set(place, use)
    return use
  }
  return {
    add(choice, { tool_calls, function_call }) {
      for (const [i, call] of membersIn(tool_calls).entries()) {
        const use = useAt(`${choice}/${placeOf(call.index, i)}`, textOr(call.id, null))
        addTo(use, isMembers(call.custom) ? call.custom : call.function)
      }
      if (isMembers(function_call)) addTo(useAt(`${choice}`, null), function_call)
    },
    all: () => uses.filter(({ name }) => name !== ''),
  }
}

const placeOf = (index: unknown, other: number): number => (typeof index === 'number' ? index : other)

/** A function has arguments, a custom tool an input of any text. */
function addTo(use: ToolUse, told: unknown): void {
  if (!isMembers(told)) return
  if (use.name === '') use.name = textOr(told.name, '')
  appendInput(use, told.arguments)
}
