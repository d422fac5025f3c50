import { isMembers } from '../../trajectory/json-head.ts'
import { removeMember } from './edit-json.ts'
import { type EventText, eventCutter } from './event-bytes.ts'

/** Takes out of the bytes of one stream what its client did not ask for. */
export interface ByteFilter {
  /** What may go on to the client by now; the very same bytes where nothing is held or taken out. */
  readonly push: (bytes: Uint8Array) => Uint8Array
  /** What was held when the stream ended. */
  readonly end: () => Uint8Array
}

/**
 * A filter for a stream of Chat Completions that was asked for its usage by the gateway alone. It takes out what the
 * option adds by its definition: the last chunk, which has the usage and no choices, and `"usage":null` in the others.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options-include_usage
 *
 * A usage beside choices that say something stays. It is not what the option adds: who tells it there tells it unasked
 * too, such as DeepSeek (https://api-docs.deepseek.com/api/create-chat-completion), and its clients may count on it.
 */
export function usageHider(): ByteFilter {
  const cutter = eventCutter()
  let isDropped = false
  const shown = ({ text, kind }: EventText): string => {
    if (kind === 'rest') return isDropped ? '' : text
    const left = kind === 'event' ? withoutUsage(text) : text
    isDropped = left === ''
    return left
  }
  return {
    push(bytes) {
      const wasEmpty = cutter.isEmpty()
      const text = latin1(bytes)
      let result = ''
      for (const part of cutter.push(text)) result += shown(part)
      return wasEmpty && result === text ? bytes : Buffer.from(result, 'latin1')
    },
    end: () => Buffer.from(withoutUsage(cutter.end()), 'latin1'),
  }
}

/** One character for each byte: JSON, cut and edited so, is cut and edited right, and no byte is lost on the way. */
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** An event without what the option added; empty where the whole of it was. */
function withoutUsage(event: string): string {
  const at = event.indexOf(NAME)
  return at < 0 ? event : (withoutLast(event, at) ?? withoutAny(event))
}

/** With its opening quote, of which an event is full, it takes four times as long to find. */
const NAME = 'usage"'

/**
 * Nearly all chunks are one line that ends with the member. Where its name stands there first, it can only be a member
 * of the whole object: no string has an end behind it. Null = it has to be looked at.
 */
function withoutLast(event: string, nameAt: number): string | null {
  const at = nameAt - LAST.indexOf(NAME)
  const isLast = at + LAST.length === event.length && event.startsWith(LAST, at)
  const isOneLine = isLast && event.indexOf('\n') === event.length - 2 && !event.includes('\r')
  return isOneLine && event.startsWith('data: {') ? `${event.slice(0, at)}}\n\n` : null
}

const LAST = ',"usage":null}\n\n'

function withoutAny(event: string): string {
  const data = [...event.matchAll(DATA)]
  const chunk = parseOrNull(data.map(([, , value]) => value).join('\n'))
  if (!isMembers(chunk) || !Object.hasOwn(chunk, 'usage')) return event
  if (isMembers(chunk.usage)) return saysNothing(chunk.choices) ? '' : event
  const [line, ...others] = data
  // A chunk on several lines is written by nobody, and is right as it is.
  if (chunk.usage !== null || line === undefined || others.length > 0) return event
  const [, name = '', value = ''] = line
  const start = line.index + name.length
  return event.slice(0, start) + removeMember(value, ['usage']) + event.slice(start + value.length)
}

const DATA = /^(data: ?)(.*)$/gm

/** No choice, or, as of LiteLLM's proxy, choices without a word in them. */
const saysNothing = (choices: unknown): boolean => Array.isArray(choices) && choices.every(isMute)

const isMute = (choice: unknown): boolean =>
  isMembers(choice) &&
  isMembers(choice.delta) &&
  Object.keys(choice.delta).length === 0 &&
  (choice.finish_reason ?? null) === null

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // such as `[DONE]`: it goes on as it is
  }
}
