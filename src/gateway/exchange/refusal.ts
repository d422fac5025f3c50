import type { Endpoint, Provider } from '../endpoint.ts'

/** Why the gateway answers in the place of a provider. */
export type RefusalKind =
  /** No budget is left, or none can be kept. */
  | 'over-budget'
  | 'malformed'
  | 'too-large'
  | 'unknown-key'
  | 'not-passed-on'
  | 'upstream-failed'
  | 'upstream-silent'
  | 'no-upstream'
  | 'not-recorded'

/** An answer of the gateway's own. */
export interface RefusalReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Shape {
  readonly status: number
  /** Where Anthropic's is another. */
  readonly anthropicStatus?: number
  /** `type` and `code` of OpenAI's errors. */
  readonly openai: readonly [string, string | null]
  readonly anthropic: string
  readonly gemini: string
}

/**
 * Each kind as the three providers tell it. A used-up quota is 429 with OpenAI and Gemini, and Codex ends on no other
 * status; Anthropic asks for a payment with 402. Clients do not try again, as the header says.
 */
const SHAPES: Readonly<Record<RefusalKind, Shape>> = {
  'over-budget': {
    status: 429,
    anthropicStatus: 402,
    openai: ['insufficient_quota', 'insufficient_quota'],
    anthropic: 'billing_error',
    gemini: 'RESOURCE_EXHAUSTED',
  },
  malformed: {
    status: 400,
    openai: ['invalid_request_error', null],
    anthropic: 'invalid_request_error',
    gemini: 'INVALID_ARGUMENT',
  },
  'too-large': {
    status: 413,
    openai: ['invalid_request_error', 'request_too_large'],
    anthropic: 'request_too_large',
    gemini: 'INVALID_ARGUMENT',
  },
  'unknown-key': {
    status: 401,
    openai: ['invalid_request_error', 'invalid_api_key'],
    anthropic: 'authentication_error',
    gemini: 'UNAUTHENTICATED',
  },
  'not-passed-on': {
    status: 404,
    openai: ['invalid_request_error', 'unknown_url'],
    anthropic: 'not_found_error',
    gemini: 'NOT_FOUND',
  },
  'upstream-failed': {
    status: 502,
    openai: ['server_error', 'upstream_failed'],
    anthropic: 'api_error',
    gemini: 'UNAVAILABLE',
  },
  'upstream-silent': {
    status: 504,
    openai: ['server_error', 'upstream_timeout'],
    anthropic: 'timeout_error',
    gemini: 'DEADLINE_EXCEEDED',
  },
  'not-recorded': {
    status: 400,
    openai: ['invalid_request_error', 'not_recorded'],
    anthropic: 'invalid_request_error',
    gemini: 'FAILED_PRECONDITION',
  },
  'no-upstream': {
    status: 400,
    openai: ['invalid_request_error', 'no_upstream'],
    anthropic: 'invalid_request_error',
    gemini: 'FAILED_PRECONDITION',
  },
}

/** The client's own library tries again where its server says so, or by the status. */
const RETRIED: ReadonlySet<RefusalKind> = new Set(['upstream-failed', 'upstream-silent'])

/** An error in the shape that this provider gives its own. */
export function refusalReply(provider: Provider, kind: RefusalKind, message: string): RefusalReply {
  const { status, anthropicStatus = status } = SHAPES[kind]
  return {
    status: provider === 'anthropic' ? anthropicStatus : status,
    headers: {
      'content-type': 'application/json',
      'x-should-retry': String(RETRIED.has(kind)),
      'x-foretoken-refusal': kind,
    },
    body: JSON.stringify(errorOf(provider, kind, message)),
  }
}

/**
 * The same for a client that was told so before, and has not ended: some try again on everything but a key that is not
 * valid. Codex, which knows the first answer, tries again on this one.
 */
export function refusedAgain({ asks }: Pick<Endpoint, 'asks'>, reply: RefusalReply): RefusalReply {
  const isResponses = asks.kind === 'generate' && asks.dialect === 'openai-responses'
  return isResponses ? reply : { ...reply, status: 401 }
}

/** The same as an event of a stream that has begun, and may have been broken off within an event. */
export function refusalEvent(
  { provider, asks }: Pick<Endpoint, 'provider' | 'asks'>,
  kind: RefusalKind,
  message: string,
): string {
  const error = errorOf(provider, kind, message)
  // Events of Responses have a type, and clients look at nothing else.
  const isTyped = asks.kind === 'generate' && asks.dialect === 'openai-responses'
  const data = JSON.stringify(isTyped ? { type: 'error', ...error } : error)
  return `\n\n${provider === 'anthropic' || isTyped ? 'event: error\n' : ''}data: ${data}\n\n`
}

function errorOf(provider: Provider, kind: RefusalKind, message: string): object {
  const { status, openai, anthropic, gemini } = SHAPES[kind]
  const text = `Foretoken: ${message}`
  switch (provider) {
    case 'openai':
      return { error: { message: text, type: openai[0], param: null, code: openai[1] } }
    case 'anthropic':
      return { type: 'error', error: { type: anthropic, message: text } }
    case 'gemini':
      return { error: { code: status, message: text, status: gemini } }
    default:
      return provider satisfies never
  }
}
