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

/**
 * Sends a request, and waits for the head of the reply.
 * @throws UpstreamSilent, the error of the connection, or the reason of `signal`
 */
export function send(
  { url, basePath, agent }: Upstream,
  { method, path, headers, body }: Outgoing,
  { silenceMs, signal }: { readonly silenceMs: number; readonly signal: AbortSignal },
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
    const silence = setTimeout(() => outgoing.destroy(new UpstreamSilent()), silenceMs)
    const abort = (): void => void outgoing.destroy(signal.reason)
    const settle = (): void => {
      clearTimeout(silence)
      signal.removeEventListener('abort', abort)
    }
    signal.addEventListener('abort', abort, { once: true })
    outgoing.on('response', (reply) => {
      settle()
      resolve(reply)
    })
    outgoing.on('upgrade', (_, socket) => socket.destroy())
    outgoing.on('error', (error) => {
      settle()
      reject(error)
    })
    // An aborted signal tells nobody who comes late.
    if (signal.aborted) abort()
    outgoing.end(body)
  })
}
