import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Upstream } from './upstream.ts'

/** A request as it goes to a provider. */
export interface Outgoing {
  readonly method: string
  /** Behind the base path, with the query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: Uint8Array
}

/** The provider did not answer for so long. */
export class UpstreamSilent extends Error {
  override readonly name = 'UpstreamSilent'
}

/** The connection ended without the head of a reply. */
export class NoHead extends Error {
  override readonly name = 'NoHead'
  readonly code = 'NO_REPLY'
}

interface Patience {
  readonly silenceMs: number
  readonly signal: AbortSignal
}

/** The provider closed a connection that it had kept open, just when it was used again: it did not see the request. */
class ClosedMeanwhile extends Error {
  override readonly name = 'ClosedMeanwhile'
}

/**
 * Sends a request, and waits for the head of the reply.
 * @throws UpstreamSilent, NoHead, the error of the connection, or the reason of `signal`
 */
export async function send(
  upstream: Upstream,
  outgoing: Outgoing,
  patience: Patience,
): Promise<IncomingMessage> {
  for (;;) {
    try {
      return await sendOnce(upstream, outgoing, patience)
    } catch (error) {
      // Each try takes a kept connection away, and behind them comes a new one.
      if (!(error instanceof ClosedMeanwhile)) throw error
    }
  }
}

function sendOnce(
  { url, basePath, agent }: Upstream,
  { method, path, headers, body }: Outgoing,
  { silenceMs, signal }: Patience,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? requestHttps : requestHttp
    const outgoing = start({
      agent,
      method,
      headers,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: basePath + path,
      setDefaultHeaders: false,
    })
    let bytesBefore = 0
    let isAnswered = false
    const silence = setTimeout(() => outgoing.destroy(new UpstreamSilent()), silenceMs)
    const abort = (): void => void outgoing.destroy(signal.reason)
    const settle = (): void => {
      clearTimeout(silence)
      signal.removeEventListener('abort', abort)
    }
    signal.addEventListener('abort', abort, { once: true })
    outgoing.on('response', (reply) => {
      isAnswered = true
      settle()
      resolve(reply)
    })
    outgoing.on('upgrade', (_, socket) => socket.destroy())
    const fail = (error: Error): void => {
      settle()
      const isReset = 'code' in error && error.code === 'ECONNRESET'
      const isClosed = isReset && outgoing.reusedSocket && outgoing.socket?.bytesRead === bytesBefore
      reject(isClosed && !signal.aborted ? new ClosedMeanwhile() : error)
    }
    outgoing.on('socket', (socket) => {
      bytesBefore = socket.bytesRead
    })
    outgoing.on('error', fail)
    // Without an error where the provider changed to another protocol. Once there is a reply, this is too late to count.
    outgoing.on('close', () => isAnswered || fail(new NoHead()))
    // An aborted signal tells nobody who comes late.
    if (signal.aborted) abort()
    outgoing.end(body)
  })
}
