import { type ExchangeProgress, finishExchange } from './exchange-progress.ts'
import { contentHeader } from './headers.ts'
import { keyGuard } from './key-guard.ts'
import type { Reply, ReplyListener } from './reply-source.ts'
import { usageHider } from './wire/hide-usage.ts'
import { isLastOf } from './wire/last-event.ts'
import { replyTee } from './wire/reply-tee.ts'

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
  const tee = replyTee({
    asks: endpoint.asks,
    status,
    contentType: contentHeader(headers, 'content-type'),
    contentEncoding: contentHeader(headers, 'content-encoding'),
  })
  progress.billing = tee
  const hider = hidesUsage && status < 400 ? usageHider() : null
  const guard = keyGuard(reply)
  let tail = ''
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
      const shown = hider === null ? bytes : hider.push(bytes)
      const out = guard === null ? shown : guard.push(shown)
      if (out.length > 0) tail = lastChars(tail, out)
      return out
    },
    end() {
      const rest = hider === null ? NOTHING : hider.end()
      return guard === null ? rest : Buffer.concat([guard.push(rest), guard.end()])
    },
    isRewritten: hidesUsage || guard?.decodes === true,
    isBetweenEvents: () => tail === '' || EVENT_END.test(tail),
  }
}

const NOTHING = new Uint8Array(0)
const EVENT_END = /(?:\n\n|\r\n\r\n|\r\r)$/

/** The longest end of an event has four characters. */
function lastChars(before: string, { buffer, byteOffset, byteLength }: Uint8Array): string {
  const last = Math.min(byteLength, 4)
  const chars = Buffer.from(buffer, byteOffset + byteLength - last, last).toString('latin1')
  return last === 4 ? chars : (before + chars).slice(-4)
}
