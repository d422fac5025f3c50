import type { Call } from '../usage/call.ts'
import { promptTokens } from '../usage/usage.ts'
import type { Demand } from './budget/demand.ts'
import type { WireRequest } from './wire/request-facts.ts'

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
  /** The most tokens per byte of a request so far. */
  perByte: number | null
  /** The last prompt, by class. */
  last: Demand['likelyInput'] | null
}

export const newHistory = (): PromptHistory => ({ perByte: null, last: null })

/**
 * The size of a prompt before it is counted. At most: no token is shorter than a byte, beside what providers add; or
 * more, where this run has shown so. Likely: by the run's own tokens per byte.
 */
export function promptDemand(
  history: PromptHistory,
  { bytes, mediaParts, remembers, hostedTools }: WireRequest,
): Pick<Demand, 'mostInput' | 'likelyInput'> {
  const beside = mediaParts * MEDIA_TOKENS
  const seen = history.perByte === null ? FIRST_TOKENS_PER_BYTE : history.perByte
  const earlier = remembers && history.last !== null ? promptTokens({ ...history.last, output: 0 }) : 0
  const likely = Math.ceil(bytes * Math.max(seen * MARGIN, 0)) + beside + earlier
  return {
    mostInput:
      remembers || hostedTools > 0
        ? null
        : Math.ceil(Math.max(bytes, bytes * seen * MARGIN)) + OVERHEAD_TOKENS + beside,
    likelyInput: likeLast(history, likely),
  }
}

/** In the classes of the last prompt: what was cached once mostly is again, and what is new is full input. */
function likeLast({ last }: PromptHistory, tokens: number): Demand['likelyInput'] {
  const cached =
    last === null ? 0 : (last.cacheRead ?? 0) + (last.cacheWrite5m ?? 0) + (last.cacheWrite1h ?? 0)
  const isRead = (last?.cacheRead ?? 0) > 0
  const read = isRead ? Math.min(cached, tokens) : 0
  return { input: tokens - read, cacheRead: read, cacheWrite5m: 0, cacheWrite1h: 0 }
}

/** Learns from a reply. */
export function learnPrompt(history: PromptHistory, bytes: number, call: Call | undefined): void {
  if (call === undefined || call.usage.input === null || bytes === 0) return
  const perByte = promptTokens(call.usage) / bytes
  history.perByte = Math.max(history.perByte ?? 0, perByte)
  history.last = call.usage
}
