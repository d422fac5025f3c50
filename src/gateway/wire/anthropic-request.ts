import type { Members } from '../../trajectory/json-head.ts'
import { lengthOf } from '../../trajectory/returned-length.ts'
import { membersIn, type RequestContent, textOr, wholeNumber } from './request-content.ts'

/** What a request of the Messages API says: https://docs.anthropic.com/en/api/messages */
export function anthropicRequest(body: Members): RequestContent {
  const blocks = withNested([body, ...membersIn(body.messages)].flatMap(blocksOf))
  return {
    maxOutput: wholeNumber(body.max_tokens),
    toolResults: blocks
      .filter(({ type }) => type === 'tool_result')
      .map(({ tool_use_id, content }) => ({ id: textOr(tool_use_id, ''), chars: lengthOf(content) })),
    mediaParts: blocks.filter(isMedia).length,
    remembers: body.container != null || blocks.some(isStored),
    hostedTools: membersIn(body.tools).filter(isHosted).length + membersIn(body.mcp_servers).length,
  }
}

const blocksOf = ({ content, system }: Members): readonly Members[] => [
  ...membersIn(system),
  ...membersIn(content),
]

/** With the blocks in answers of tools and in documents. */
function withNested(blocks: readonly Members[]): readonly Members[] {
  const all: Members[] = [...blocks]
  for (const { content, source } of all) {
    // The list grows while it is walked, until nothing is nested further.
    for (const block of membersIn(content)) all.push(block)
    for (const from of membersIn([source])) for (const block of membersIn(from.content)) all.push(block)
  }
  return all
}

/** A document may also be a text, or be made of blocks. */
const isMedia = ({ type, source }: Members): boolean =>
  type === 'image' ||
  (type === 'document' &&
    !membersIn([source]).some((from) => from.type === 'text' || from.type === 'content'))

const isStored = ({ type, source }: Members): boolean =>
  type === 'container_upload' || membersIn([source]).some((from) => from.type === 'file')

/** Tools of Anthropic's making that the client runs are known by name; the others run at Anthropic's. */
const isHosted = ({ type }: Members): boolean =>
  typeof type === 'string' && !/^(custom$|bash_|text_editor_|computer_|memory_)/.test(type)
