import type { Call } from '../../usage/call.ts'
import { promptTokens, type Usage } from '../../usage/usage.ts'
import type { Demand } from '../budget/demand.ts'
import type { WireRequest } from '../wire/request-facts.ts'

/** What providers write into a prompt themselves: roles, and how to use tools. */
const OVERHEAD_TOKENS = 1024
/** A picture or a file that is only named takes few bytes and more tokens. */
const MEDIA_TOKENS = 3000
/** Prompts of one run are alike: code and logs do not become this much denser from one call to the next. */
const MARGIN = 1.25
/** Of code and English, before a run has told its own. */
const FIRST_TOKENS_PER_BYTE = 0.35

/** What the replies of a run told of its prompts. */
export interface PromptHistory {
  /** The longest request so far that held its whole prompt as text: the shorter, the more of a prompt is the provider's. */
  longest: { readonly bytes: number; readonly tokens: number } | null
  /** The last call, by class. */
  last: Usage | null
}

export const newHistory = (): PromptHistory => ({ longest: null, last: null })

/**
 * The size of a prompt before it is counted. At most: no token is shorter than a byte, beside what providers add; or
 * more, where this run has shown so. Likely: by the run's own tokens per byte.
 */
export function promptDemand(
  history: PromptHistory,
  { bytes, mediaParts, remembers, hostedTools }: WireRequest,
): Pick<Demand, 'mostInput' | 'likelyInput'> {
  const beside = mediaParts * MEDIA_TOKENS
  const text = Math.ceil(textTokens(history, bytes) * MARGIN)
  return {
    mostInput: remembers || hostedTools > 0 ? null : Math.max(bytes, text) + OVERHEAD_TOKENS + beside,
    likelyInput: likeLast(history, text + beside + (remembers ? contextOf(history) : 0)),
  }
}

function textTokens({ longest }: PromptHistory, bytes: number): number {
  if (longest === null) return bytes * FIRST_TOKENS_PER_BYTE
  const perByte = longest.tokens / longest.bytes
  if (bytes <= longest.bytes || perByte <= 1) return bytes * perByte
  // More tokens than bytes are not those of its text, and do not grow with it.
  return longest.tokens + (bytes - longest.bytes) * FIRST_TOKENS_PER_BYTE
}

/** The prompt of the last call and its reply, both of which now lie with the provider. */
const contextOf = ({ last }: PromptHistory): number =>
  last === null ? 0 : promptTokens(last) + (last.output ?? 0)

/** In the classes of the last prompt: what was cached once mostly is again, and what is new is full input. */
function likeLast({ last }: PromptHistory, tokens: number): Demand['likelyInput'] {
  const cached =
    last === null ? 0 : (last.cacheRead ?? 0) + (last.cacheWrite5m ?? 0) + (last.cacheWrite1h ?? 0)
  const isRead = (last?.cacheRead ?? 0) > 0
  const read = isRead ? Math.min(cached, tokens) : 0
  return { input: tokens - read, cacheRead: read, cacheWrite5m: 0, cacheWrite1h: 0 }
}

/** Learns from a reply. */
export function learnPrompt(history: PromptHistory, asked: WireRequest, call: Call | undefined): void {
  if (call === undefined || call.usage.input === null) return
  history.last = call.usage
  const { bytes, mediaParts, remembers, hostedTools } = asked
  // What was not in the request as text says nothing of its tokens per byte.
  if (remembers || mediaParts > 0 || hostedTools > 0 || bytes < Math.max(1, history.longest?.bytes ?? 0))
    return
  history.longest = { bytes, tokens: promptTokens(call.usage) }
}
