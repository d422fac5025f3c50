import { type Action, shellAction } from './action.ts'
import { isMembers, type Members } from './json-head.ts'
import { lengthOf } from './returned-length.ts'

/**
 * The commands of a mini-swe-agent trajectory: those that the agent itself noted (2.x), else the one in the block of the
 * reply; what came back stands in the message that answers it.
 */
export function miniActions(messages: readonly unknown[]): readonly Action[] {
  return messages.flatMap((message, place) => {
    if (!isMembers(message)) return []
    const call = replyId(message)
    const noted = notedCommands(message)
    const commands =
      noted.length > 0 ? noted : message.role === 'assistant' ? blockCommands(message.content) : []
    return commands.map(({ command, id }) => {
      const returnedChars = answerTo(id, messages, place)
      return shellAction(command, { id, call, returnedChars })
    })
  })
}

interface Command {
  readonly command: string
  readonly id: string | null
}

function notedCommands({ extra }: Members): readonly Command[] {
  const actions = isMembers(extra) && Array.isArray(extra.actions) ? extra.actions.filter(isMembers) : []
  return actions.flatMap(({ command, tool_call_id: id }) =>
    typeof command === 'string' ? [{ command, id: typeof id === 'string' ? id : null }] : [],
  )
}

function blockCommands(content: unknown): readonly Command[] {
  const [, command] =
    /```(?:bash|mswea_bash_command)\n([\s\S]*?)\n?```/.exec(typeof content === 'string' ? content : '') ?? []
  return command === undefined ? [] : [{ command, id: null }]
}

const replyId = ({ id, extra }: Members): string | null => {
  const response = isMembers(extra) && isMembers(extra.response) ? extra.response : {}
  const told = response.id ?? id
  return typeof told === 'string' ? told : null
}

/** By the id of the use, else the next message. */
function answerTo(id: string | null, messages: readonly unknown[], place: number): number | null {
  const later = messages.slice(place + 1, place + 20).filter(isMembers)
  const named = id === null ? undefined : later.find((one) => one.tool_call_id === id || one.call_id === id)
  const answer = named ?? (later[0]?.role === 'assistant' ? undefined : later[0])
  return answer === undefined ? null : lengthOf(answer.content ?? answer.output)
}
