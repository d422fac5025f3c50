import { z } from 'zod'
import { type Call, callOf } from './call.ts'
import { ChatUsage, chatUsage } from './chat-usage.ts'
import type { Dialect, Meter } from './meter.ts'
import { UNKNOWN_USAGE } from './usage.ts'
import { parseWire, WireName } from './wire-count.ts'

const Reply = z.object({
  id: WireName,
  model: WireName,
  usage: ChatUsage.nullish(),
  /** Where Groq puts the usage of a stream: https://console.groq.com/docs/api-reference#chat-create */
  x_groq: z.object({ usage: ChatUsage.nullish() }).nullish(),
  choices: z
    .array(
      z.object({
        index: z.number().nullish(),
        finish_reason: WireName,
        delta: z.unknown().optional(),
        text: z.unknown().optional(),
      }),
    )
    .nullish()
    .transform((choices) => choices ?? []),
  error: z.unknown().optional(),
})

/** OpenAI's Chat Completions and what speaks the same protocol: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Dialect = { message, meter }

function message(body: unknown): readonly Call[] {
  const { id, model, usage, choices, error } = parseWire(Reply, body, 'a reply of Chat Completions')
  // An error is not billed.
  if (usage == null && error != null && choices.length === 0) return []
  return [callOf('provider', usage == null ? UNKNOWN_USAGE : chatUsage(usage), { id, model })]
}

/**
 * Asked with `include_usage`, OpenAI tells the usage in one more chunk, without choices; others tell it in the chunk
 * that finishes a choice, or a running total in every chunk. The last one told is valid, and final once no choice is
 * open. https://platform.openai.com/docs/api-reference/chat-streaming
 */
function meter(): Meter {
  const open = new Set<number>()
  // LiteLLM's proxy and OpenRouter tell the usage beside a choice that has finished, and says nothing more.
  const finished = new Set<number>()
  let [id, model, usage] = [null as string | null, null as string | null, UNKNOWN_USAGE]
  let state: 'nothing' | 'refused' | 'begun' | 'broken' | 'final' = 'nothing'
  return {
    // Within the only choice there is, one more chunk of text changes nothing.
    isMute: (data) => state === 'begun' && id !== null && model !== null && open.has(0) && !TELLS.test(data),
    push(event) {
      const chunk = parseWire(Reply, event, 'a chunk of Chat Completions')
      if (chunk.error != null) {
        state = state === 'nothing' ? 'refused' : 'broken'
        return
      }
      id ??= chunk.id
      model ??= chunk.model
      for (const choice of chunk.choices) {
        const place = choice.index ?? 0
        if (choice.finish_reason !== null) finished.add(place)
        if (choice.finish_reason !== null || (finished.has(place) && !says(choice))) open.delete(place)
        else open.add(place)
      }
      const told = chunk.usage ?? chunk.x_groq?.usage
      if (told != null) usage = chatUsage(told)
      if (state === 'broken') return
      const isFinal = told != null && (chunk.choices.length === 0 || open.size === 0)
      state = isFinal || (state === 'final' && open.size === 0) ? 'final' : 'begun'
    },
    end() {
      if (state === 'refused') return []
      return [callOf('provider', usage, { id, model, incomplete: state !== 'final' })]
    },
  }
}

/** Whether a choice goes on: there is a word, a tool or the like in it. */
function says({ delta, text }: { readonly delta?: unknown; readonly text?: unknown }): boolean {
  const told = typeof delta === 'object' && delta !== null ? { ...delta, role: null } : {}
  return [...Object.values(told), text].some((part) => part != null && part !== '')
}

/** What a chunk has in it that tells something, or is of another choice; with escapes a name may be written in many ways. */
const TELLS = /"(?:usage|finish_reason)"(?!: ?null[,}])|"index"(?!: ?0[,}])|"(?:error|x_groq)"|\\u/
