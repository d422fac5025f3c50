import { randomUUID } from 'node:crypto'
import type { Call } from '../../usage/call.ts'
import { callOf } from '../../usage/call.ts'
import { UNKNOWN_USAGE } from '../../usage/usage.ts'
import { type Reservation, settle } from '../budget/account.ts'
import { chargeFor } from '../budget/charge.ts'
import { warnings } from '../budget/warn.ts'
import type { GatewayContext } from '../gateway-context.ts'
import { isBilled } from '../records/run-record.ts'
import { noteExchange } from '../runs/open-run.ts'
import { learnPrompt } from '../runs/prompt-size.ts'
import { retryOf, tellFailure } from '../runs/retries.ts'
import type { Ending, Exchange, ReplyFacts, RequestFacts } from './exchange.ts'
import type { Received } from './received.ts'

/** What is counted of a reply. */
export interface ReplyCounter {
  readonly push: (bytes: Uint8Array) => void
  readonly end: () => { readonly calls: readonly Call[]; readonly facts: ReplyFacts }
}

/** An exchange on its way. */
export interface ExchangeProgress {
  readonly context: GatewayContext
  readonly received: Received
  /** What was set aside; null = the run has no limits, or nothing is billed. */
  reservation: Reservation | null
  /** What may have been billed: nothing before the request was sent; then, until a reply counts it, nobody knows. */
  billing: 'nothing' | 'unknown' | ReplyCounter
  status: number | null
  replyBytes: number
  firstByteMs: number | null
  readonly startedMs: number
  readonly begun: Pick<Exchange, 'id' | 'run' | 'at' | 'provider' | 'kind' | 'path' | 'request' | 'retry'>
  isWritten: boolean
  isFinished: boolean
}

/** Begins an exchange. Nothing is written down before it costs something. */
export function beginExchange(context: GatewayContext, received: Received): ExchangeProgress {
  const { run, endpoint, asked } = received
  const begun = {
    id: randomUUID(),
    run: run.meta.id,
    at: new Date(context.nowMs()).toISOString(),
    provider: endpoint.provider,
    kind: endpoint.asks.kind,
    path: endpoint.path,
    request: factsOf(asked),
    retry: retryOf(run, received.bytes),
  }
  return {
    context,
    received,
    reservation: null,
    billing: 'nothing',
    status: null,
    replyBytes: 0,
    firstByteMs: null,
    startedMs: performance.now(),
    begun,
    isWritten: false,
    isFinished: false,
  }
}

/** Writes down that a request goes out: from here on it may be billed. */
export function writeBegun(progress: ExchangeProgress): void {
  if (progress.isWritten) return
  progress.isWritten = true
  const { context, begun, received } = progress
  context.record({ say: 'begun', exchange: begun })
  context.tell({ kind: 'begun', run: received.run })
}

/** What is recorded of a request. */
const factsOf = ({ model, streams, maxOutput, bytes, toolResults }: RequestFacts): RequestFacts => ({
  model,
  streams,
  maxOutput,
  bytes,
  toolResults,
})

const NO_FACTS: ReplyFacts = { stopReason: null, actions: [] }

/** Ends an exchange: counts it, writes it down, and charges it. Only the first end counts. */
export function finishExchange(progress: ExchangeProgress, ending: Ending): void {
  if (progress.isFinished) return
  progress.isFinished = true
  const { context, received, begun } = progress
  writeBegun(progress)
  const { calls, facts } = countsOf(progress, ending)
  const exchange: Exchange = {
    ...begun,
    ending,
    status: progress.status,
    reply: facts,
    replyBytes: progress.replyBytes,
    latencyMs: round(performance.now() - progress.startedMs),
    firstByteMs: progress.firstByteMs === null ? null : round(progress.firstByteMs - progress.startedMs),
    calls,
  }
  context.record({ say: 'ended', exchange })
  const { run } = received
  noteExchange(run, exchange, context.nowMs())
  tellFailure(run, received.bytes, ending !== 'ok')
  if (begun.kind === 'generate') learnPrompt(run.history, received.asked, calls[0])
  if (progress.reservation !== null) charge(progress, progress.reservation, calls)
  context.tell({ kind: 'ended', run, exchange })
}

function charge(
  { context, received }: ExchangeProgress,
  reservation: Reservation,
  calls: readonly Call[],
): void {
  const { run, asked } = received
  settle(run.accounts, reservation, (measure, reserved) =>
    chargeFor(measure, { calls, asked: asked.model, reserved }),
  )
  for (const warning of warnings(run)) context.tell({ kind: 'warning', run, ...warning })
}

/** Microseconds are enough. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000

function countsOf(
  { billing, begun, received }: ExchangeProgress,
  ending: Ending,
): { readonly calls: readonly Call[]; readonly facts: ReplyFacts } {
  if (billing === 'nothing' || !isBilled(begun)) return { calls: [], facts: NO_FACTS }
  if (billing === 'unknown') return { calls: [unknownCall(received)], facts: NO_FACTS }
  const { calls, facts } = billing.end()
  // A reply that did not come to its end has counted all that it did only where it said so before.
  return { calls: calls.map((call) => named(call, received)), facts: ending === 'refused' ? NO_FACTS : facts }
}

const unknownCall = ({ asked }: Received): Call =>
  callOf('provider', UNKNOWN_USAGE, { model: asked.model, incomplete: true })

/** A reply that does not say which model wrote it was written by the one that was asked. */
const named = (call: Call, { asked }: Received): Call =>
  call.model === null ? { ...call, model: asked.model } : call
