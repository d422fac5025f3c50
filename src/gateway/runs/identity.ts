import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What keys of runs begin with: no provider's do. */
const PREFIX = 'ftk_'

/** Whether a text holds the key of a run, which opens nothing but the gateway and goes no further. */
export const holdsRunKey = (text: string): boolean => text.includes(PREFIX)

/** A key that nobody can guess. */
export const newRunKey = (): string => `${PREFIX}${randomBytes(24).toString('base64url')}`

/** Keys are looked up by their hash, so that how long it takes tells nothing of them. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('base64')

/** A target as a client sent it, taken apart as it stands: nothing is decoded, nothing resolved. */
export interface Target {
  /** The key in `/run/KEY/…`; null = none. */
  readonly key: string | null
  /** Behind it, without the query. */
  readonly path: string
  /** With its `?`, or empty; keys of runs in it are left out. */
  readonly query: string
}

/** Null = not a path: such as `http://…`, which asks for a proxy, and `*`. */
export function targetOf(url: string): Target | null {
  if (!url.startsWith('/') || url.startsWith('//')) return null
  const at = url.indexOf('?')
  const whole = at < 0 ? url : url.slice(0, at)
  const [, key = null, rest] = /^\/run\/([\w-]{1,100})(\/.*)$/s.exec(whole) ?? []
  return { key, path: rest ?? whole, query: withoutRunKeys(at < 0 ? '' : url.slice(at)) }
}

const withoutRunKeys = (query: string): string => keptOf(query, (part) => !holdsRunKey(decoded(part)))

/** A query without what Google, and servers like it, take for a credential; each name in any spelling. */
export const withoutCredentials = (query: string): string =>
  keptOf(query, (part) => !CREDENTIALS.test(decoded(part)))

/** Some servers take a semicolon, or a second question mark, for the start of another name. */
const CREDENTIALS = /(?:^|[?&;])\s*(?:key|api[-_]?key|access[-_]?token|oauth[-_]?token)\s*(?:=|$)/i

function keptOf(query: string, isKept: (part: string) => boolean): string {
  const kept = query
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && isKept(part))
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** Decoded as a server does, and again as others do that it passes a request on to; further, none goes. */
function decoded(part: string, rounds = 3): string {
  if (rounds === 0 || !part.includes('%')) return part.replaceAll('+', ' ')
  const once = part.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return decoded(once, rounds - 1)
}

const ESCAPE = /%([0-9a-f]{2})/gi

/** The keys of runs that a client sent as its API key, in any of the headers for one. */
export function keysInHeaders(headers: IncomingHttpHeaders): readonly string[] {
  const told = [
    /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1],
    headers['x-api-key'],
    headers['x-goog-api-key'],
    headers['api-key'],
  ]
  return told.filter((value): value is string => typeof value === 'string' && value.startsWith(PREFIX))
}
