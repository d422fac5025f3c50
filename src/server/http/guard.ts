import type { Request, RequestHandler } from 'express'
import { KnownError } from '../../errors.ts'

/** A body that nobody reads is let run out for so long, so that its sender gets to see the answer. */
const LINGER_MS = 5_000

/** What holds for every request, whatever it asks for. */
export const guard: RequestHandler = (request, response, next) => {
  // For who asked alone, unless a route says more.
  response.setHeader('Cache-Control', 'no-store')
  response.once('finish', () => endIncomplete(request))
  // What stands in between has to see the same host as this does (RFC 9112, 3.2).
  const hosts = request.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host')
  next(hosts.length > 1 ? new KnownError('request-malformed', 'more than one Host') : undefined)
}

function endIncomplete(request: Request): void {
  if (request.complete) return
  const timer = setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref()
  request.once('close', () => clearTimeout(timer))
}
