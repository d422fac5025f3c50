import type { Request, RequestHandler, Response } from 'express'
import { KnownError } from '../../errors.ts'
import { isOwnPath } from '../pages/sign-in-page.ts'
import type { Asking, Authenticator, Refused } from './authenticator.ts'
import { isAllowed, type Principal, type Scope } from './principal.ts'

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

/** The same as a middleware, for `principalOf`; passes the KnownError on. */
export function authentication(authenticator: Authenticator): RequestHandler {
  const find = whoAsks(authenticator)
  return (request, response, next) => {
    response.locals.principal = find(request)
    next()
  }
}

/** Lets through who may do something. */
export function requireScope(scope: Scope): RequestHandler {
  return (_request, response, next) => {
    const principal = principalOf(response)
    if (isAllowed(principal, scope)) next()
    else next(new KnownError('scope-missing', `it needs the scope ${scope}`))
  }
}

/** Who asks, as `authentication` found. */
export function principalOf(response: Response): Principal {
  const { principal } = response.locals as { readonly principal?: Principal }
  if (principal === undefined) throw new Error('this route is not behind authentication')
  return principal
}

/** Null = not known, or nobody. */
export const actorOf = ({ locals }: Response): string | null =>
  (locals as { readonly principal?: Principal }).principal?.actor ?? null

/**
 * The form of the dashboard: `key` and `next`, in a body that was parsed already. Answers with the cookie and sends the
 * browser to `next` where that is a path of this service, else to `home`; passes a KnownError on where the key is not good.
 */
export function signIn(authenticator: Authenticator, home: string): RequestHandler {
  return (request, response, next) => {
    const { key, next: wanted } = (request.body ?? {}) as { readonly key?: unknown; readonly next?: unknown }
    if (typeof key !== 'string' || key === '') {
      next(new KnownError('key-missing', 'the form has none'))
      return
    }
    const answer = authenticator.signIn(key, askingOf(request))
    if ('failure' in answer) next(withHeaders(response, answer))
    else {
      response.locals.principal = answer.principal
      response.setHeader('Cache-Control', 'no-store')
      response.setHeader('Set-Cookie', answer.cookie)
      response.redirect(303, typeof wanted === 'string' && isOwnPath(wanted) ? wanted : home)
    }
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
