import type { Members } from '../../trajectory/json-head.ts'
import { lengthOf } from '../../trajectory/returned-length.ts'
import { membersIn, type RequestContent, textOr, wholeNumber } from './request-content.ts'

/** What a request of the Responses API says: https://platform.openai.com/docs/api-reference/responses/create */
export function responsesRequest(body: Members): RequestContent {
  const items = membersIn(body.input)
  const parts = items.flatMap((item) => [...partsOf(item.content), ...partsOf(item.output)])
  return {
    maxOutput: wholeNumber(body.max_output_tokens),
    toolResults: items.filter(isToolResult).map(({ call_id, id, output }) => ({
      id: textOr(call_id, null) ?? textOr(id, ''),
      chars: outputChars(output),
    })),
    mediaParts: parts.filter(isMedia).length,
    remembers:
      [body.previous_response_id, body.conversation, body.prompt].some((value) => value != null) ||
      items.some(({ type }) => type === 'item_reference') ||
      parts.some(({ file_id }) => typeof file_id === 'string'),
    hostedTools: membersIn(body.tools).filter(isHosted).length,
  }
}

const partsOf = (content: unknown): readonly Members[] =>
  membersIn(Array.isArray(content) ? content : [content])

const isMedia = ({ type }: Members): boolean =>
  typeof type === 'string' && /image|audio|video|file|screenshot/.test(type)

/** Answers of functions, custom tools, shells, patches and screens are all named alike. */
const isToolResult = ({ type }: Members): boolean => typeof type === 'string' && type.endsWith('_call_output')

/** A shell gives its two outputs apart. */
function outputChars(output: unknown): number {
  const streams = membersIn(output).flatMap(({ stdout, stderr }) => [stdout, stderr])
  return lengthOf(output) + lengthOf(streams)
}

/** What is not known to run at the client's is held to run at the provider's. */
function isHosted({ type, environment }: Members): boolean {
  if (type === 'shell') return membersIn([environment]).some((place) => place.type !== 'local')
  return typeof type !== 'string' || !/^(function|custom|local_shell|apply_patch|computer.*)$/.test(type)
}
