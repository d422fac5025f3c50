import type { RequestListener } from 'node:http'
import type { Request } from 'express'

/**
 * Answers requests of clients that wait to be told that their body is wanted (RFC 9110, 10.1.1): what is refused by its
 * head alone is never sent. Of a body that was not asked for nobody knows whether it comes, and the connection ends.
 */
export const waitingFor =
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    response.setHeader('Connection', 'close')
    listener(request, response)
  }

/** Tells a client that waits for it to send its body. */
export function goOn(request: Request): void {
  if (!/^100-continue$/i.test(request.headers.expect ?? '')) return
  request.res?.removeHeader('Connection')
  request.res?.writeContinue()
}
