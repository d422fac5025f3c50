import type { Readable } from 'node:stream'
import type { Ending } from './exchange.ts'
import type { Received } from './received.ts'

/** A reply, its head here and its body on the way. */
export interface Reply {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: Readable
  /** Once the body has ended: whether that was its true end. */
  readonly isWhole: () => boolean
  /** What the provider was told and the client never gets to see; null = nothing. */
  readonly secret: string | null
}

/** A request with what the gateway changed in it. */
export interface Asked {
  readonly received: Received
  /** The body to send in the place of the client's; null = as it came. */
  readonly rewritten: string | null
}

/** Told how a reply went on, for what listens along. */
export interface ReplyListener {
  readonly chunk: (bytes: Uint8Array) => void
  readonly end: (ending: Ending) => void
}

/** Where replies come from. */
export interface ReplySource {
  /** @throws NoReply, UpstreamSilent, the error of the connection, or the reason of `signal` */
  readonly open: (asked: Asked, signal: AbortSignal) => Promise<Reply>
  /** Records a reply, where one does. */
  readonly listen: (received: Received, reply: Reply) => ReplyListener | null
}
