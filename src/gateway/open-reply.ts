import type { ExchangeProgress } from './exchange-progress.ts'
import { NoReply } from './no-reply.ts'
import type { Received } from './receive.ts'
import type { Reply } from './reply-source.ts'
import { withMaxOutput, withUsageAsked } from './wire/request-edits.ts'

/** A reply, and whether it tells a usage that the client did not ask for. */
export interface OpenedReply {
  readonly reply: Reply
  readonly hidesUsage: boolean
}

/** What a server answers that does not know a member of a request. */
const REFUSES_MEMBER = new Set([400, 422])

/**
 * Asks for the reply: limited to what the budget has left, and with the usage of a stream. A server that refuses what
 * the client did not write is asked again as the client did, except for a limit that the client had set higher itself.
 * @throws what the source of replies throws
 */
export async function openReply(progress: ExchangeProgress, signal: AbortSignal): Promise<OpenedReply> {
  const { context, received } = progress
  const limited = limitedText(progress)
  const asksUsage = mustAskUsage(received)
  const rewritten = asksUsage ? withUsageAsked(limited ?? received.text) : limited
  const reply = await context.source.open({ received, rewritten }, signal)
  if (rewritten === null || !REFUSES_MEMBER.has(reply.status)) return { reply, hidesUsage: asksUsage }
  const own = received.asked.maxOutput === null ? null : limited
  if (own === rewritten) return { reply, hidesUsage: asksUsage }
  reply.body.on('error', () => {}) // dropped
  reply.body.resume()
  return { reply: await context.source.open({ received, rewritten: own }, signal), hidesUsage: false }
}

function limitedText({ received, reservation }: ExchangeProgress): string | null {
  const { endpoint, text } = received
  const clampTo = reservation?.clampTo ?? null
  if (clampTo === null) return null
  const limited = withMaxOutput(endpoint, text, clampTo)
  if (limited !== null) return limited
  throw new NoReply(
    'over-budget',
    `the budget has ${clampTo} output tokens left, and the provider takes no limit as low`,
  )
}

/** A stream of Chat Completions tells its usage only where that is asked for. */
export function mustAskUsage({ endpoint, asked }: Received): boolean {
  const { asks } = endpoint
  return asks.kind === 'generate' && asks.dialect === 'openai-chat' && asked.streams && !asked.usageAsked
}
