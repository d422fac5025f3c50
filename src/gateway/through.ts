import { type ExchangeProgress, finishExchange } from './exchange-progress.ts'
import { contentHeader } from './headers.ts'
import type { Reply, ReplyListener } from './reply-source.ts'
import { usageHider } from './wire/hide-usage.ts'
import { isLastOf } from './wire/last-event.ts'
import { replyTee } from './wire/reply-tee.ts'

interface Passing {
  /** What the client gets for these bytes. */
  readonly push: (bytes: Uint8Array) => Uint8Array
  /** What was kept back, once the reply has come whole. */
  readonly end: () => Uint8Array
}

/**
 * Counts a reply as it passes. The bytes that end it are given to the client only once the exchange is written down, so
 * that what a client has received whole is never lost.
 */
export function through(
  progress: ExchangeProgress,
  { reply, hidesUsage, listener }: { reply: Reply; hidesUsage: boolean; listener: ReplyListener | null },
): Passing {
  const { endpoint } = progress.received
  const { status, headers } = reply
  const tee = replyTee({
    asks: endpoint.asks,
    status,
    contentType: contentHeader(headers, 'content-type'),
    contentEncoding: contentHeader(headers, 'content-encoding'),
  })
  progress.billing = tee
  const hider = hidesUsage && status < 400 ? usageHider() : null
  const length = Number(contentHeader(headers, 'content-length') ?? Number.NaN)
  return {
    push(bytes) {
      progress.firstByteMs ??= performance.now()
      progress.replyBytes += bytes.length
      tee.push(bytes)
      listener?.chunk(bytes)
      if (progress.replyBytes === length || isLastOf(endpoint, bytes)) {
        finishExchange(progress, status >= 400 ? 'refused' : 'ok')
      }
      return hider === null ? bytes : hider.push(bytes)
    },
    end: () => (hider === null ? NOTHING : hider.end()),
  }
}

const NOTHING = new Uint8Array(0)
