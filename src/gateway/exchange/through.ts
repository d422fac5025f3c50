import { contentHeader } from '../upstream/headers.ts'
import { keyGuard, OPEN } from '../upstream/key-guard.ts'
import { usageHider } from '../wire/hide-usage.ts'
import { isLastOf } from '../wire/last-event.ts'
import { replyTee } from '../wire/reply-tee.ts'
import { type ExchangeProgress, finishExchange } from './exchange-progress.ts'
import type { Reply, ReplyListener } from './reply-source.ts'

interface Passing {
  /** What the client gets for these bytes. */
  readonly push: (bytes: Uint8Array) => Uint8Array
  /** What was kept back, once the reply has come whole. */
  readonly end: () => Uint8Array
  /** Whether the head of the reply cannot tell its length and coding any more. */
  readonly isRewritten: boolean
  /** Whether the client got whole events so far, so that one of the gateway's can follow. */
  readonly isBetweenEvents: () => boolean
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
  const guard = keyGuard(reply)
  const tee = replyTee({
    asks: endpoint.asks,
    status,
    contentType: contentHeader(headers, 'content-type'),
    contentEncoding: guard.decodes ? null : contentHeader(headers, 'content-encoding'),
  })
  progress.billing = tee
  const hider = hidesUsage && status < 400 ? usageHider() : OPEN
  let tail: Uint8Array = new Uint8Array(0)
  const length = guard.decodes ? Number.NaN : Number(contentHeader(headers, 'content-length') ?? Number.NaN)
  return {
    push(bytes) {
      progress.firstByteMs ??= performance.now()
      progress.replyBytes += bytes.length
      listener?.chunk(bytes)
      const safe = guard.push(bytes)
      tee.push(safe)
      if (progress.replyBytes === length || isLastOf(endpoint, bytes)) {
        finishExchange(progress, status >= 400 ? 'refused' : 'ok')
      }
      const out = hider.push(safe)
      if (out.length > 0) tail = lastChars(tail, out)
      return out
    },
    end() {
      const safe = guard.end()
      tee.push(safe)
      const out = hider.push(safe)
      const rest = hider.end()
      return out.length === 0 ? rest : Buffer.concat([out, rest])
    },
    isRewritten: hidesUsage || guard.decodes,
    isBetweenEvents: () => tail.byteLength === 0 || EVENT_END.test(endOf(tail)),
  }
}

const EVENT_END = /(?:\n\n|\r\n\r\n|\r\r)$/

/** The longest end of an event has four characters. */
function lastChars(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  return bytes.byteLength >= 4 ? bytes : Buffer.concat([before.subarray(-3), bytes])
}

const endOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(-4)).toString('latin1')
