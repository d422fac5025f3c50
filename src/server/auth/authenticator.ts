import type { IncomingHttpHeaders } from 'node:http'
import { KnownError } from '../../errors.ts'
import { type ApiKey, apiKeyReader, isInForce } from '../../store/api-keys.ts'
import type { Store } from '../../store/open-store.ts'
import { isLoopback } from './client-address.ts'
import type { GuessLimit } from './guess-limit.ts'
import { isForwarded, isFromElsewhere, isOwnName, isSafe } from './origin.ts'
import { LOOPBACK, type Principal, SCOPES } from './principal.ts'
import { endedCookie, sessionCookie, sessionToken } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'

/** What is looked at of a request. */
export interface Asking {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** At the other end of the socket; empty = not known. */
  readonly peer: string
  /** Of the client, which is the peer's unless a trusted proxy tells another. */
  readonly address: string
  /** Whether the client came by https. */
  readonly secure: boolean
}

/** Who asks, or why that is not answered. */
export type Answered = { readonly principal: Principal } | Refused

export interface Refused {
  readonly failure: KnownError
  /** For Retry-After; null = it does not help to wait. */
  readonly retryAfterSeconds: number | null
}

export interface Authenticator {
  authenticate(asking: Asking): Answered
  /** A key, typed into the form of the dashboard, for a cookie. */
  signIn(key: string, asking: Asking): { readonly principal: Principal; readonly cookie: string } | Refused
  /** The cookie that ends it. */
  signOut(asking: Asking): string
}

export interface AuthenticatorOptions {
  readonly store: Store
  /** Whether everybody needs a key; see `needsKeys`. */
  readonly requiresKey: boolean
  readonly nowMs: () => number
  /** Under which the service is reached, where that is not what `Host` says. */
  readonly publicUrl: string | null
  readonly guesses: GuessLimit
  readonly sessions: Sessions
  /** Told of each use of a key: must be quick. */
  readonly onUse: (keyId: string) => void
}

/**
 * Tells who asks: by a key, by the cookie that stands for one, or by being on this machine where that is enough.
 *
 * A good key is let in also from where too many were refused: behind one address there are many clients, whom a stranger
 * among them may not lock out, and no number of guesses finds one of 2^256 secrets. What is limited is the noise.
 */
export function authenticator(options: AuthenticatorOptions): Authenticator {
  const { store, nowMs, publicUrl, guesses, sessions, onUse, requiresKey } = options
  const keys = apiKeyReader(store)

  const admit = (key: ApiKey | null): Principal | null => {
    if (key === null || !isInForce(key, nowMs())) return null
    onUse(key.id)
    return principalOf(key)
  }
  const byKey = (text: string, { address }: Asking): Answered => {
    const principal = admit(keys.match(text))
    if (principal !== null) return { principal }
    const retryAfterSeconds = guesses.refused(address)
    if (retryAfterSeconds === null) return refused('key-refused', 'no such key is in force')
    return { ...refused('rate-limited', 'too many keys were refused'), retryAfterSeconds }
  }
  const byCookie = (token: string): Principal | null => {
    const id = sessions.keyOf(token)
    return id === null ? null : admit(keys.find(id))
  }
  const isFriendly = ({ headers, method }: Asking): boolean =>
    requiresKey
      ? isSafe(method) || !isFromElsewhere(headers, publicUrl)
      : isOwnName(headers) && !isFromElsewhere(headers, publicUrl)

  return {
    authenticate: (asking) => {
      const { headers, peer } = asking
      if (!isFriendly(asking)) return FOREIGN()
      if (headers.authorization !== undefined) {
        const [, text] = /^Bearer +(\S+) *$/i.exec(headers.authorization) ?? []
        return text === undefined
          ? refused('key-missing', 'Authorization does not hold Bearer and a key')
          : byKey(text, asking)
      }
      const token = sessionToken(headers.cookie)
      const principal = token === null ? null : byCookie(token)
      if (principal !== null) return { principal }
      if (!requiresKey && isLoopback(peer) && !isForwarded(headers)) return { principal: LOOPBACK }
      const what = token === null ? 'the request has none' : 'the session has ended'
      return refused('key-missing', what)
    },
    signIn: (text, asking) => {
      if (!isFriendly(asking)) return FOREIGN()
      const answer = byKey(text.trim(), asking)
      if ('failure' in answer) return answer
      const token = sessions.open(answer.principal.actor)
      return { ...answer, cookie: sessionCookie(token, asking.secure, sessions.lifetimeMs) }
    },
    signOut: ({ headers, secure }) => {
      const token = sessionToken(headers.cookie)
      if (token !== null) sessions.close(token)
      return endedCookie(secure)
    },
  }
}

const principalOf = ({ id, scopes }: ApiKey): Principal => ({
  actor: id,
  scopes: new Set(SCOPES.filter((scope) => scopes.includes(scope))),
})

const refused = (code: 'key-missing' | 'key-refused' | 'rate-limited', detail: string): Refused => ({
  failure: new KnownError(code, detail),
  retryAfterSeconds: null,
})

const FOREIGN = (): Refused => ({
  failure: new KnownError('origin-refused', 'its Host, Origin or Sec-Fetch-Site is not of this service'),
  retryAfterSeconds: null,
})
