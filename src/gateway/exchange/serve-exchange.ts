import type { ServerResponse } from 'node:http'
import type { Refusal, Reservation } from '../budget/account.ts'
import { admit } from '../budget/admit.ts'
import { budgetMessage, tooLittleMessage } from '../budget/message.ts'
import type { GatewayContext } from '../gateway-context.ts'
import { isBilled } from '../records/run-record.ts'
import { promptDemand } from '../runs/prompt-size.ts'
import { dropBody } from '../upstream/drop-body.ts'
import { contentHeader, replyHeaders } from '../upstream/headers.ts'
import { UpstreamSilent } from '../upstream/send.ts'
import type { Ending } from './exchange.ts'
import { beginExchange, type ExchangeProgress, finishExchange, writeBegun } from './exchange-progress.ts'
import { NoReply } from './no-reply.ts'
import { onDisconnect } from './on-disconnect.ts'
import { limitedRequest, type OpenedReply, openReply } from './open-reply.ts'
import type { Received } from './received.ts'
import { type RefusalKind, refusalEvent, refusalReply, refusedAgain } from './refusal.ts'
import { type RelayEnd, relay } from './relay.ts'
import type { Reply } from './reply-source.ts'
import { through } from './through.ts'

/** The client went away: nobody waits for the reply. */
class ClientGone extends Error {
  override readonly name = 'ClientGone'
}

/** The gateway ended the exchange; the message says why. */
class Cut extends Error {
  override readonly name = 'Cut'
}

/** Serves one request: admits it, passes it on, relays the reply, and counts it. Never throws what a client can cause. */
export async function serveExchange(
  context: GatewayContext,
  received: Received,
  client: ServerResponse,
): Promise<void> {
  const { run } = received
  const control = new AbortController()
  const cut = (reason: string): void => control.abort(new Cut(reason))
  const progress = beginExchange(context, received)
  run.open.add(cut)
  const stayed = onDisconnect(client.req.socket, () => control.abort(new ClientGone()))
  try {
    await serve(progress, client, control.signal)
  } catch (error) {
    giveUp(progress, client, error)
  } finally {
    stayed()
    run.open.delete(cut)
    // A bug on the way here leaves nothing reserved, and nothing open.
    finishExchange(progress, 'upstream-lost')
  }
}

async function serve(progress: ExchangeProgress, client: ServerResponse, signal: AbortSignal): Promise<void> {
  const { received, begun } = progress
  const { run } = received
  if (run.closed !== null) return refuseClosed(progress, client, run.closed)
  if (isBilled(begun)) {
    const granted = await grant(received, signal)
    if ('kind' in granted) return refuseBudget(progress, client, budgetMessage(granted, received.asked.model))
    progress.reservation = granted
  }
  const limited = limitedRequest(progress)
  if (limited === null) {
    return refuseBudget(progress, client, tooLittleMessage(progress.reservation?.clampTo ?? 0))
  }
  // Who was let in and has gone meanwhile has cost nothing.
  signal.throwIfAborted()
  progress.billing = 'unknown'
  writeBegun(progress)
  const opened = await openReply(progress, limited, signal)
  try {
    await passOn(progress, client, { ...opened, signal })
  } finally {
    dropBody(opened.reply.body)
  }
}

async function passOn(
  progress: ExchangeProgress,
  client: ServerResponse,
  { reply, hidesUsage, signal }: OpenedReply & { readonly signal: AbortSignal },
): Promise<void> {
  const { context, received } = progress
  const listener = context.source.listen(received, reply)
  const passing = through(progress, { reply, hidesUsage, listener })
  const { headers, secret } = reply
  client.writeHead(reply.status, replyHeaders(headers, { isRewritten: passing.isRewritten, secret }))
  progress.status = reply.status
  const isStream = isPlainStream(reply)
  // A stream may be silent at first, and its client wants to know that it is there; mostly its first bytes are here.
  if (isStream) setImmediate(() => client.destroyed || client.flushHeaders())
  const onEnd = (end: RelayEnd): void => {
    const ending = endingOf(end, reply, signal)
    listener?.end(ending)
    const rest = end === 'whole' ? passing.end() : null
    finishExchange(progress, ending)
    // Half an event makes its client fail anyhow, and try again; whose budget is up has to be told not to.
    const canTell = isStream && reply.status === 200 && (ending === 'cut' || passing.isBetweenEvents())
    if (rest !== null) client.end(rest)
    else if (ending === 'client-gone' || !canTell) disconnect(client)
    else client.end(lastEvent(progress, end, signal))
    // Who takes nothing of what is left does not hold its connection for ever.
    if (client.writableLength > 0) client.setTimeout(context.silenceMs, () => disconnect(client))
  }
  const { isWhole } = reply
  await relay(reply.body, client, {
    through: passing.push,
    silenceMs: context.silenceMs,
    signal,
    isWhole,
    onEnd,
  })
}

function grant({ run, endpoint, asked }: Received, signal: AbortSignal): Promise<Reservation | Refusal> {
  const maxOutput = endpoint.asks.kind === 'embed' ? 0 : asked.maxOutput
  const demand = { model: asked.model, maxOutput, ...promptDemand(run.history, asked) }
  return admit(run.accounts, demand, signal)
}

/** Where it is compressed, nothing can be written behind it. */
const isPlainStream = ({ headers }: Reply): boolean =>
  (contentHeader(headers, 'content-type')?.startsWith('text/event-stream') ?? false) &&
  contentHeader(headers, 'content-encoding') === null

function endingOf(end: RelayEnd, { status }: Reply, { reason }: AbortSignal): Ending {
  switch (end) {
    case 'whole':
      return status >= 400 ? 'refused' : 'ok'
    case 'aborted':
      return reason instanceof ClientGone ? 'client-gone' : 'cut'
    case 'client-stuck':
      return 'client-gone'
    case 'upstream-silent':
    case 'upstream-lost':
      return 'upstream-lost'
    default:
      return end satisfies never
  }
}

/** With the whole connection: a response that waits for its turn behind others has none of its own yet. */
const disconnect = (client: ServerResponse): void => void client.req.socket.destroy()

/** Answers in the provider's place; where a reply has begun, its end can only be broken off. */
function refuse(
  progress: ExchangeProgress,
  client: ServerResponse,
  { kind, message }: { readonly kind: RefusalKind; readonly message: string },
): void {
  if (client.headersSent || client.destroyed) {
    disconnect(client)
    return
  }
  const { run, endpoint } = progress.received
  const first = refusalReply(endpoint.provider, kind, message)
  const isAgain = kind === 'over-budget' && run.refusals++ > 0
  const reply = isAgain ? refusedAgain(endpoint, first) : first
  progress.status = reply.status
  client.writeHead(reply.status, reply.headers)
  client.end(reply.body)
}

function refuseBudget(progress: ExchangeProgress, client: ServerResponse, message: string): void {
  const { context, received } = progress
  received.run.outcome = 'budget-exhausted'
  context.tell({ kind: 'over-budget', run: received.run, message })
  refuseClosed(progress, client, message)
}

/** What has ended the run was told, and is its outcome already. */
function refuseClosed(progress: ExchangeProgress, client: ServerResponse, message: string): void {
  refuse(progress, client, { kind: 'over-budget', message })
  finishExchange(progress, 'over-budget')
}

/** Before a reply has begun. */
function giveUp(progress: ExchangeProgress, client: ServerResponse, error: unknown): void {
  if (error instanceof ClientGone) finishExchange(progress, 'client-gone')
  else if (error instanceof Cut) {
    refuse(progress, client, { kind: 'over-budget', message: error.message })
    finishExchange(progress, 'cut')
  } else if (error instanceof NoReply) {
    progress.billing = 'nothing'
    progress.context.tell({ kind: 'trouble', message: error.message })
    refuse(progress, client, { kind: error.kind, message: error.message })
    finishExchange(progress, 'rejected')
  } else if (isOfUpstream(error)) {
    if (isUnconnected(error)) progress.billing = 'nothing'
    const kind = error instanceof UpstreamSilent ? 'upstream-silent' : 'upstream-failed'
    refuse(progress, client, { kind, message: reasonOf(error) })
    finishExchange(progress, 'upstream-lost')
  } else throw error
}

/** In the middle of a stream its client is told in its own way. */
function lastEvent({ received }: ExchangeProgress, end: RelayEnd, { reason }: AbortSignal): string {
  const { endpoint } = received
  if (reason instanceof Cut) return refusalEvent(endpoint, 'over-budget', reason.message)
  const kind = end === 'upstream-silent' ? 'upstream-silent' : 'upstream-failed'
  return refusalEvent(endpoint, kind, 'the reply broke off')
}

/** Whatever a provider, or the way to it, can cause; anything else is a bug. */
const isOfUpstream = (error: unknown): error is Error =>
  error instanceof UpstreamSilent || (error instanceof Error && 'code' in error)

/** The request never got to the provider: nothing was billed. */
const isUnconnected = (error: Error): boolean =>
  'syscall' in error && (error.syscall === 'connect' || error.syscall === 'getaddrinfo')

const reasonOf = (error: Error): string => {
  if (error instanceof UpstreamSilent) return 'the provider did not answer in time'
  return `the provider cannot be reached (${'code' in error ? String(error.code) : error.name})`
}
