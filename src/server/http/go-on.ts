import type { IncomingMessage } from 'node:http'
import type { Request } from 'express'

const told = new WeakSet<IncomingMessage>()

/** Whether a client waits to be told that its body is wanted (RFC 9110, 10.1.1). */
export const waitsToGoOn = (request: IncomingMessage): boolean =>
  /^100-continue$/i.test(request.headers.expect ?? '') && !told.has(request)

/** Tells a client that waits for it to send its body: what is refused by its head alone is never sent. */
export function goOn(request: Request): void {
  if (!waitsToGoOn(request)) return
  told.add(request)
  request.res?.writeContinue()
}
