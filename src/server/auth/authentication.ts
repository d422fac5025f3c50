import type { Request, RequestHandler, Response } from 'express'
import type { KnownError } from '../../errors.ts'
import type { Asking, Authenticator, Refused } from './authenticator.ts'
import type { Principal } from './principal.ts'

/**
 * Finds out who asks. `Request.ip` and `Request.secure` are believed, so that the app's `trust proxy` has to be what the
 * settings of the service say.
 * @throws KnownError `key-missing`, `key-refused`, `rate-limited`, `origin-refused`, with the headers that belong to it set
 */
export function whoAsks(authenticator: Authenticator): (request: Request) => Principal {
  return (request) => {
    const answer = authenticator.authenticate(askingOf(request))
    if (!('failure' in answer)) return answer.principal
    throw withHeaders(request.res, answer)
  }
}

/** Ends the session, and sends the browser to `home`. */
export function signOut(authenticator: Authenticator, home: string): RequestHandler {
  return (request, response) => {
    response.setHeader('Set-Cookie', authenticator.signOut(askingOf(request)))
    response.redirect(303, home)
  }
}

/** What is looked at of a request. */
export const askingOf = (request: Request): Asking => ({
  method: request.method,
  headers: request.headers,
  peer: request.socket.remoteAddress ?? '',
  address: request.ip ?? '',
  secure: request.secure,
})

function withHeaders(response: Response | undefined, { failure, retryAfterSeconds }: Refused): KnownError {
  if (failure.status === 401) response?.setHeader('WWW-Authenticate', 'Bearer realm="foretoken"')
  if (retryAfterSeconds !== null) response?.setHeader('Retry-After', String(retryAfterSeconds))
  return failure
}
