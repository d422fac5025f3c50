import type { Endpoint } from '../endpoint.ts'

/**
 * Whether these bytes end a stream for its client, although the connection may go on. A line break inside of JSON is
 * escaped, so that no text of a model looks like this. What is cut apart, or compressed, is not recognised: then the end
 * of the connection tells.
 */
export function isLastOf({ asks }: Endpoint, bytes: Uint8Array): boolean {
  if (asks.kind !== 'generate') return false
  const mark = MARKS[asks.dialect]
  if (mark === null) return false
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tail = buffer.subarray(-2)
  const isWhole = tail.every((byte) => byte === LINE_FEED || byte === CARRIAGE_RETURN) && tail.length === 2
  if (!isWhole) return false
  const at = buffer.lastIndexOf(mark)
  return at === 0 || (at > 0 && (buffer[at - 1] === LINE_FEED || buffer[at - 1] === CARRIAGE_RETURN))
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

const MARKS = {
  'openai-chat': 'data: [DONE]',
  'openai-responses': 'event: response.completed',
  'anthropic-messages': 'event: message_stop',
  /** Says nothing: the last chunk is the one behind which there is none. */
  gemini: null,
} as const
