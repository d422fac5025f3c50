import { z } from 'zod'
import { AnthropicUsage, anthropicCalls } from './anthropic-usage.ts'
import type { Call } from './call.ts'
import type { Dialect, Meter } from './meter.ts'
import { parseWire, WireName } from './wire-count.ts'

const Message = z.object({
  type: WireName,
  id: WireName,
  model: WireName,
  usage: AnthropicUsage.nullish(),
  input_tokens: z.unknown().optional(),
})

const Delta = z.object({
  delta: z.object({ stop_reason: WireName }).nullish(),
  usage: AnthropicUsage.nullish(),
})

const Event = z.object({ type: WireName, message: z.unknown().optional() })

/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages */
export const anthropicMessages: Dialect = { message, meter }

const NOTHING_TOLD = AnthropicUsage.parse({})

function message(body: unknown): readonly Call[] {
  const { type, id, model, usage, input_tokens } = parseWire(Message, body, 'a reply of the Messages API')
  // An error is not billed; `count_tokens` answers with a bare `input_tokens`, and is free.
  if (type === 'error' || (usage == null && input_tokens !== undefined)) return []
  return anthropicCalls(usage ?? NOTHING_TOLD, { id, model, incomplete: false, quality: 'provider' })
}

/**
 * `message_start` tells the input and `message_delta` the counts so far: running totals, of which the last one given
 * is valid. Only the delta with the stop reason tells the final output.
 * https://docs.anthropic.com/en/api/messages-streaming
 */
function meter(): Meter {
  let reply = { id: null as string | null, model: null as string | null }
  let told = NOTHING_TOLD
  let state: 'nothing' | 'refused' | 'begun' | 'final' = 'nothing'
  return {
    isMute: (data) => !TELLS.test(data),
    push(event) {
      const { type, message } = parseWire(Event, event, 'an event of the Messages API')
      if (type === 'message_start') {
        const { id, model, usage } = parseWire(Message, message, 'message_start')
        reply = { id, model }
        told = latest(told, usage)
        state = 'begun'
      } else if (type === 'message_delta') {
        const { delta, usage } = parseWire(Delta, event, 'message_delta')
        told = latest(told, usage)
        const last = delta?.stop_reason != null && usage?.output_tokens != null
        if (state !== 'final') state = last ? 'final' : 'begun'
      } else if (type === 'error' && state === 'nothing') {
        state = 'refused'
      }
    },
    end() {
      if (state === 'refused') return []
      return anthropicCalls(told, { ...reply, incomplete: state !== 'final', quality: 'provider' })
    },
  }
}

/** The names of all events that tell something; with escapes a name may be written in many ways. */
const TELLS = /"message_(?:start|delta)"|"error"|\\u/

/** Running totals after a further report, which leaves out what it does not tell anew. */
function latest(told: AnthropicUsage, report: AnthropicUsage | null | undefined): AnthropicUsage {
  const news = Object.entries(report ?? {}).filter(([, value]) => value != null)
  return { ...told, ...Object.fromEntries(news) }
}
