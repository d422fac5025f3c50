import { z } from 'zod'
import { type Call, callOf } from './call.ts'
import type { Dialect, Meter } from './meter.ts'
import { ResponsesUsage, responsesUsage } from './responses-usage.ts'
import { UNKNOWN_USAGE } from './usage.ts'
import { parseWire, WireName } from './wire-count.ts'

const Response = z.object({
  object: WireName,
  id: WireName,
  model: WireName,
  usage: ResponsesUsage.nullish(),
  error: z.unknown().optional(),
})

const Event = z.object({ type: WireName, response: Response.nullish() })

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Dialect = { message, meter }

function message(body: unknown): readonly Call[] {
  const response = parseWire(Response, body, 'a reply of the Responses API')
  const isError = response.error != null && response.id === null
  // Neither an error nor a count of tokens is billed.
  return isError || response.object === 'response.input_tokens' ? [] : [callFrom(response)]
}

/** The event that ends the stream, for whatever reason, carries the response with its usage. */
function meter(): Meter {
  let response: z.infer<typeof Response> = Response.parse({})
  let state: 'nothing' | 'refused' | 'begun' | 'final' = 'nothing'
  return {
    isMute: (data) => !TELLS.test(data),
    push(event) {
      const { type, response: carried } = parseWire(Event, event, 'an event of the Responses API')
      if (carried != null) {
        response = carried
        if (state !== 'final') state = type !== null && ENDS.has(type) ? 'final' : 'begun'
      } else if (type === 'error' && state === 'nothing') {
        state = 'refused'
      }
    },
    end() {
      if (state === 'refused') return []
      const call = callFrom(response)
      return [{ ...call, incomplete: call.incomplete || state !== 'final' }]
    },
  }
}

/** What an event that tells something has in it; with escapes a name may be written in many ways. */
const TELLS = /"response"|"error"|\\u/

// https://platform.openai.com/docs/api-reference/responses-streaming
const ENDS: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
])

function callFrom({ id, model, usage }: z.infer<typeof Response>): Call {
  return callOf('provider', usage == null ? UNKNOWN_USAGE : responsesUsage(usage), { id, model })
}
