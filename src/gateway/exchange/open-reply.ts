import { dropBody } from '../upstream/drop-body.ts'
import { withMaxOutput, withUsageAsked } from '../wire/request-edits.ts'
import type { ExchangeProgress } from './exchange-progress.ts'
import type { Received } from './received.ts'
import type { Reply } from './reply-source.ts'

/** A reply, and whether it tells a usage that the client did not ask for. */
export interface OpenedReply {
  readonly reply: Reply
  readonly hidesUsage: boolean
}

/** What a server answers that does not know a member of a request. */
const REFUSES_MEMBER = new Set([400, 422])

/** A request as the budget allows it: limited to what is left, or as it came. */
export interface LimitedRequest {
  /** Null = as it came. */
  readonly text: string | null
}

/** Null = the provider takes no limit as low as what is left. */
export function limitedRequest({ received, reservation }: ExchangeProgress): LimitedRequest | null {
  const clampTo = reservation?.clampTo ?? null
  if (clampTo === null) return { text: null }
  const text = withMaxOutput(received.endpoint, received.text, clampTo)
  return text === null ? null : { text }
}

/**
 * Asks for the reply, of a stream with its usage. A server that refuses what the client did not write is asked again as
 * the client did, except for a limit that the client had set higher itself.
 * @throws what the source of replies throws
 */
export async function openReply(
  { context, received }: ExchangeProgress,
  { text: limited }: LimitedRequest,
  signal: AbortSignal,
): Promise<OpenedReply> {
  const asksUsage = mustAskUsage(received)
  const rewritten = asksUsage ? withUsageAsked(limited ?? received.text) : limited
  const reply = await context.source.open({ received, rewritten }, signal)
  if (rewritten === null || !REFUSES_MEMBER.has(reply.status)) return { reply, hidesUsage: asksUsage }
  const own = received.asked.maxOutput === null ? null : limited
  if (own === rewritten) return { reply, hidesUsage: asksUsage }
  dropBody(reply.body)
  return { reply: await context.source.open({ received, rewritten: own }, signal), hidesUsage: false }
}

/** A stream of Chat Completions tells its usage only where that is asked for. */
export function mustAskUsage({ endpoint, asked }: Received): boolean {
  const { asks } = endpoint
  return asks.kind === 'generate' && asks.dialect === 'openai-chat' && asked.streams && !asked.usageAsked
}
