import { isMembers, type Members } from '../../trajectory/json-head.ts'
import type { DialectName } from '../../usage/dialects.ts'
import type { Endpoint } from '../endpoint.ts'
import type { RequestFacts } from '../exchange/exchange.ts'
import { anthropicRequest } from './anthropic-request.ts'
import { chatRequest } from './chat-request.ts'
import { geminiRequest } from './gemini-request.ts'
import { membersIn, type RequestContent, textOr } from './request-content.ts'
import { responsesRequest } from './responses-request.ts'

/** What the gateway needs to know of a request: what is recorded, and what its budget depends on. */
export interface WireRequest extends RequestFacts, RequestContent {
  /** Whether the client itself asks for the usage of a stream of Chat Completions. */
  readonly usageAsked: boolean
  /** The answer is made after the reply, so that nothing in it tells what it used. */
  readonly background: boolean
}

/** A request that was read, or why it could not be. */
export type ReadRequest =
  | ({ readonly kind: 'request' } & WireRequest)
  | { readonly kind: 'malformed'; readonly reason: string }

/** What the body of a POST says. Never throws: what a provider would refuse is not told, or is malformed. */
export function requestFacts(endpoint: Endpoint, body: string): ReadRequest {
  try {
    const parsed: unknown = JSON.parse(body)
    if (!isMembers(parsed)) return { kind: 'malformed', reason: 'the body is not a JSON object' }
    return { kind: 'request', ...wireRequest(endpoint, parsed), bytes: Buffer.byteLength(body) }
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'malformed', reason: 'the body is not JSON' }
    // Deeper than the stack: no prompt is.
    if (error instanceof RangeError) return { kind: 'malformed', reason: 'the body is nested too deeply' }
    throw error
  }
}

function wireRequest(endpoint: Endpoint, body: Members): Omit<WireRequest, 'bytes'> {
  return {
    model: endpoint.model ?? textOr(body.model, null),
    streams: endpoint.streams ?? body.stream === true,
    ...contentOf(endpoint, body),
    usageAsked: isTrue(body.stream_options, 'include_usage') || isTrue(body.usage, 'include'),
    background: body.background === true,
  }
}

/** `usage.include` is how OpenRouter is asked: https://openrouter.ai/docs/guides/administration/usage-accounting */
const isTrue = (options: unknown, name: string): boolean => isMembers(options) && options[name] === true

const CONTENTS: { readonly [Name in DialectName]: (body: Members) => RequestContent } = {
  'openai-chat': chatRequest,
  'openai-responses': responsesRequest,
  'anthropic-messages': anthropicRequest,
  gemini: geminiRequest,
}

function contentOf({ asks, provider }: Endpoint, body: Members): RequestContent {
  switch (asks.kind) {
    case 'generate':
      return CONTENTS[asks.dialect](body)
    case 'embed':
      // Nothing is written; of OpenAI's shape, what is embedded is texts and numbers unless it is media.
      return provider === 'gemini'
        ? { ...geminiRequest(body), maxOutput: 0 }
        : { ...NOTHING, maxOutput: 0, mediaParts: membersIn(body.input).length }
    case 'count':
    case 'list':
      return NOTHING
    default:
      return asks satisfies never
  }
}

const NOTHING: RequestContent = {
  maxOutput: null,
  toolResults: [],
  mediaParts: 0,
  remembers: false,
  hostedTools: 0,
}
