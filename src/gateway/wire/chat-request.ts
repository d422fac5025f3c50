import type { Members } from '../../trajectory/json-head.ts'
import { lengthOf } from '../../trajectory/returned-length.ts'
import {
  answersOf,
  idsByName,
  membersIn,
  type RequestContent,
  textOr,
  wholeNumber,
} from './request-content.ts'

/** What a request of Chat Completions, or of the older Completions, says: https://platform.openai.com/docs/api-reference/chat/create */
export function chatRequest(body: Members): RequestContent {
  const messages = membersIn(body.messages)
  const parts = messages.flatMap(({ content }) => membersIn(content))
  return {
    maxOutput: maxOutput(body),
    toolResults: toolResults(messages),
    mediaParts: parts.filter(isMedia).length,
    remembers: messages.some(hasSpoken) || parts.some(({ file }) => membersIn([file]).some(isStored)),
    hostedTools:
      membersIn(body.tools).filter(({ type }) => type !== 'function' && type !== 'custom').length +
      membersIn(body.plugins).length + // https://openrouter.ai/docs/guides/features/plugins/overview
      membersIn([body.web_search_options]).length,
  }
}

/** How many answers a request asks for. Of the older Completions every prompt is answered, and of `best_of` the others are billed too. */
export function chatAnswers(body: Members): number {
  const prompts = Array.isArray(body.prompt) && typeof body.prompt[0] !== 'number' ? body.prompt.length : 1
  return Math.max(answersOf(body.n), answersOf(body.best_of)) * Math.max(1, prompts)
}

/** Of the two names servers read either, and not all the same one: the larger limit holds for sure. */
function maxOutput(body: Members): number | null {
  const limits = [body.max_completion_tokens, body.max_tokens]
    .map(wholeNumber)
    .filter((limit) => limit !== null)
  return limits.length === 0 ? null : Math.max(...limits) * chatAnswers(body)
}

function toolResults(messages: readonly Members[]): RequestContent['toolResults'] {
  const byName = idsByName()
  return messages
    .filter(({ role }) => role === 'tool' || role === 'function')
    .map(({ tool_call_id, name, content }) => ({
      id: textOr(tool_call_id, null) ?? byName(textOr(name, '')),
      chars: lengthOf(content),
    }))
}

const isMedia = ({ type }: Members): boolean =>
  typeof type === 'string' && /image|audio|video|file/.test(type)
const isStored = ({ file_id }: Members): boolean => typeof file_id === 'string'
/** What a model said aloud before is named by an id. */
const hasSpoken = ({ audio }: Members): boolean => membersIn([audio]).length > 0
